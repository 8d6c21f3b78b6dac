// Draws places with gridstack, and says what a person has dragged or resized there. It knows nothing of saving.

import { COLUMNS, NARROWEST } from "./places.js";

const ROW = "5.5rem";
const FINE = "0.5rem";
/* In a list, heights are those of the cards: fine rows, one column. */

export class Grid {
  constructor(element, GridStack, { moved, resized }) {
    Object.assign(this, { element, GridStack, moved, resized });
    this.mode = "";
    this.watch = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (this.mode === "list" && this.stack) this.stack.resizeToContent(target.closest(".grid-stack-item"));
      }
    });
  }

  // `shells` are the widgets' elements in the order of `places`.
  draw(places, shells, mode) {
    const rtl = document.documentElement.dir === "rtl";
    if (mode !== this.mode || rtl !== this.rtl) this.start(mode, rtl);
    const wanted = new Set(shells);
    this.stack.batchUpdate();
    for (const shell of this.element.querySelectorAll(":scope > .grid-stack-item")) {
      if (wanted.has(shell)) continue;
      this.watch.unobserve(shell.querySelector(".widget-box"));
      this.stack.removeWidget(shell, true, false);
      // One that the grid has never had is nothing to it.
      shell.remove();
    }
    places.forEach((place, at) => {
      const shell = shells[at];
      const options = mode === "grid"
        ? { x: place.x, y: place.y, w: place.w, h: place.collapsed ? 1 : place.h, minW: NARROWEST, noResize: place.collapsed }
        : { x: 0, y: at * 1000, w: 1, h: shell.gridstackNode?.h ?? 4, noResize: true };
      if (shell.gridstackNode?.grid === this.stack && shell.isConnected) this.stack.update(shell, options);
      else {
        this.element.append(shell);
        this.stack.makeWidget(shell, { ...options, id: place.id });
        this.watch.observe(shell.querySelector(".widget-box"));
      }
    });
    this.stack.batchUpdate(false);
    this.order(shells);
  }

  start(mode, rtl) {
    this.stack?.destroy(false);
    this.watch.disconnect();
    for (const shell of this.element.children) delete shell.gridstackNode;
    Object.assign(this, { mode, rtl });
    this.element.dataset.mode = mode;
    this.element.classList.toggle("grid-stack-rtl", rtl);
    const list = mode === "list";
    this.stack = this.GridStack.init(
      {
        auto: false,
        column: list ? 1 : COLUMNS,
        cellHeight: list ? FINE : ROW,
        margin: "0.5rem",
        rtl,
        animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
        sizeToContent: list,
        handle: ".widget-head",
        draggable: { cancel: "button, summary, details, a, input, select, textarea" },
        alwaysShowResizeHandle: true,
        resizable: { handles: rtl ? "sw" : "se" },
      },
      this.element,
    );
    const nodes = () => this.stack.engine.nodes.map(({ id, x, y, w, h }) => ({ id, x, y, w, h }));
    // Once the library has put down what was held.
    this.stack.on("dragstop", (_event, shell) => setTimeout(() => this.moved(shell.dataset.widget, nodes())));
    this.stack.on("resizestop", (_event, shell) => setTimeout(() => this.resized(shell.dataset.widget, nodes())));
  }

  // The order of the elements is the order of reading and of the keyboard; what has the focus keeps it.
  order(shells) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    let previous = null;
    for (const shell of shells) {
      const here = previous ? previous.nextElementSibling : this.element.firstElementChild;
      if (here !== shell) this.element.insertBefore(shell, here);
      previous = shell;
    }
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }
}
