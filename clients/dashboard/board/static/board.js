// The dashboard: what a person does becomes a new layout, which is drawn, said and saved. Where there is no board, only cards.

import * as cards from "./cards.js";
import { Grid } from "./grid.js";
import * as places from "./places.js";
import { Saving } from "./saving.js";
import * as shells from "./shells.js";
import { ask, begin as beginStatus, fill, hush, say, tell } from "./status.js";

const WIDE = 48;

class Board {
  constructor(root, GridStack) {
    this.root = root;
    this.texts = JSON.parse(root.dataset.texts);
    this.layout = JSON.parse(root.dataset.layout);
    this.grid = new Grid(root.querySelector("#board"), GridStack, {
      moved: (id, nodes) => this.dropped(id, nodes),
      resized: (id, nodes) => this.dropped(id, nodes),
    });
    this.saving = new Saving({
      url: root.dataset.url,
      csrf: root.dataset.csrf,
      version: Number(root.dataset.version),
      owner: root.dataset.owner,
      says: (state, more) => this.heard(state, more),
    });
    this.layout = this.saving.resume() ?? this.layout;
    // Measured in the size of the text that is shown: larger text needs the list earlier.
    new ResizeObserver(() => this.mode !== this.drawn && this.draw()).observe(root);
  }

  get mode() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return this.root.clientWidth / rem >= WIDE && this.layout.view === "grid" ? "grid" : "list";
  }

  place(id) {
    return this.layout.widgets.find((place) => place.id === id);
  }

  draw() {
    const list = this.layout.widgets.filter((place) => shells.shellOf(place.id));
    if (this.mode === "grid") list.sort((a, b) => a.y - b.y || a.x - b.x);
    const elements = list.map((place) => shells.shellOf(place.id));
    list.forEach((place, at) => shells.turn(elements[at], place.collapsed));
    this.root.dataset.view = this.layout.view;
    this.drawn = this.mode;
    this.grid.draw(list, elements, this.drawn);
    this.root.querySelector("[data-empty]").hidden = list.length > 0;
    for (const box of this.root.querySelectorAll("[data-choose] input")) box.checked = Boolean(this.place(box.value));
    for (const shell of elements) {
      const body = shell.querySelector(".widget-body");
      if ("waiting" in body.dataset && !body.hasAttribute("aria-busy") && !body.hidden) cards.load(body);
    }
    this.root.dataset.ready = "";
  }

  // Something a person did. What is drawn and saved is the new layout; the old one is there for *Undo*.
  change(widgets, more = {}) {
    const before = this.layout;
    this.layout = { ...before, ...more, widgets };
    this.draw();
    this.saving.save(this.layout);
    return () => {
      this.layout = before;
      this.draw();
      this.saving.save(this.layout);
      say(this.texts.undone);
    };
  }

  undoable(text, undo) {
    tell(text, [[this.texts.undo, undo]], this.texts.close);
  }

  dropped(id, nodes) {
    if (this.mode === "list") return this.reordered(id, nodes.sort((a, b) => a.y - b.y).map((node) => node.id));
    const by = Object.fromEntries(nodes.map((node) => [node.id, node]));
    const widgets = this.layout.widgets.map((place) => {
      const { x, y, w, h } = by[place.id] ?? place;
      return { ...place, x, y, w, h: place.collapsed ? place.h : h };
    });
    this.change(places.inReadingOrder(places.settled(widgets, id)));
    this.sayWhere(id);
  }

  reordered(id, order) {
    let widgets = this.layout.widgets;
    for (let at = widgets.findIndex((place) => place.id === id); at !== order.indexOf(id); ) {
      const step = at < order.indexOf(id) ? 1 : -1;
      const next = places.movedInList(widgets, id, step);
      if (!next) break;
      widgets = next;
      at += step;
    }
    this.change(widgets);
    this.sayWhere(id);
  }

  sayWhere(id) {
    const title = shells.titleOf(shells.shellOf(id));
    const place = this.place(id);
    const number = this.layout.widgets.indexOf(place) + 1;
    if (this.mode === "list") say(fill(this.texts.ordered, { title, number, count: this.layout.widgets.length }));
    else say(fill(this.texts.moved, { title, row: place.y + 1, column: place.x + 1 }));
  }

  add(id) {
    const about = this.root.querySelector(`[data-choose] input[value="${CSS.escape(id)}"]`);
    const title = about.dataset.title;
    const widgets = places.added(this.layout.widgets, { id, w: Number(about.dataset.w), h: Number(about.dataset.h) });
    if (widgets === this.layout.widgets) return tell(this.texts.full, [], this.texts.close);
    hush();
    this.change(widgets);
    say(fill(this.texts.added, { title }));
  }

  remove(id) {
    const shell = shells.shellOf(id);
    const next = shell.nextElementSibling ?? shell.previousElementSibling;
    const inside = shell.contains(document.activeElement);
    const undo = this.change(places.without(this.layout.widgets, id));
    this.undoable(fill(this.texts.removed, { title: shells.titleOf(shell) }), () => {
      undo();
      shells.shellOf(id).querySelector("summary").focus({ preventScroll: true });
    });
    // The focus was on what is gone: it goes to the neighbour.
    if (inside) (next?.querySelector?.("summary") ?? document.getElementById("main")).focus({ preventScroll: true });
  }

  act(action, id) {
    const title = shells.titleOf(shells.shellOf(id));
    if (action === "remove") return this.remove(id);
    if (action === "turn") {
      this.change(places.turned(this.layout.widgets, id));
      return say(fill(this.place(id).collapsed ? this.texts.collapsed : this.texts.expanded, { title }));
    }
    const sizing = ["wider", "narrower", "taller", "shorter"].includes(action);
    const widgets = sizing ? places.resized(this.layout.widgets, id, action) : this.stepped(action, id);
    if (!widgets) return say(fill(this.texts.edge, { title }));
    this.change(widgets);
    shells.shellOf(id).scrollIntoView({ block: "nearest" });
    if (!sizing) return this.sayWhere(id);
    const { w, h } = this.place(id);
    return say(fill(this.texts.resized, { title, width: w, height: h }));
  }

  stepped(action, id) {
    if (this.mode === "list") return places.movedInList(this.layout.widgets, id, action === "up" ? -1 : 1);
    const rtl = document.documentElement.dir === "rtl";
    const direction = { left: rtl ? "end" : "start", right: rtl ? "start" : "end" }[action] ?? action;
    return places.movedOnGrid(this.layout.widgets, id, direction);
  }

  changeView() {
    const view = this.layout.view === "grid" ? "list" : "grid";
    this.change(this.layout.widgets, { view });
    say(this.texts[view]);
  }

  async clear() {
    const { clear_title: title, clear_text: text, clear_yes: yes } = this.texts;
    if (!this.layout.widgets.length || !(await ask({ title, text, yes }))) return;
    this.undoable(this.texts.cleared, this.change([]));
  }

  async startFrom(name, widgets) {
    const { template_title: title, template_text: text, template_yes: yes } = this.texts;
    if (this.layout.widgets.length && !(await ask({ title: fill(title, { title: name }), text, yes }))) return;
    this.undoable(fill(this.texts.templated, { title: name }), this.change(widgets));
    scrollTo(0, 0);
  }

  heard(state, more) {
    const line = this.root.querySelector("[data-save-state]");
    line.textContent = { saving: this.texts.saving, saved: this.texts.saved }[state] ?? "";
    if (state === "saved" && more.recovered) tell(this.texts.online, [], this.texts.close);
    if (state === "offline") tell(this.texts.offline);
    if (state === "signed_out") tell(this.texts.signed_out, [[this.texts.sign_in, () => location.reload()]]);
    if (state === "refused") tell(this.texts.refused, [[this.texts.reload, () => location.reload()]]);
    if (state === "conflict") {
      this.layout = more.layout;
      this.draw();
      tell(this.texts.conflict, [], this.texts.close);
    }
  }
}

function listen(board, root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-change-view], [data-clear], [data-template]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.act) board.act(button.dataset.act, shells.idOf(button));
    else if ("changeView" in button.dataset) board.changeView();
    else if ("clear" in button.dataset) board.clear();
    else board.startFrom(button.textContent, JSON.parse(button.dataset.template).widgets);
  });
  root.querySelector("[data-choose]").addEventListener("change", ({ target }) => {
    if (target.checked) board.add(target.value);
    else board.remove(target.value);
  });
  addEventListener("focus", () => board.saving.look());
  // Pages that are turned round while they are open.
  new MutationObserver(() => board.draw()).observe(document.documentElement, { attributes: true, attributeFilter: ["dir"] });
}

function chooser(root) {
  const panel = root.querySelector("[data-chooser]");
  const key = "widgets-panel";
  const keep = (value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch {
      // Nothing can be kept in this browser: the panel begins as it does for everybody.
    }
    return null;
  };
  if (matchMedia("(width >= 64rem)").matches) panel.open = keep() !== "closed";
  panel.addEventListener("toggle", () => keep(panel.open ? "open" : "closed"));
}

const root = document.querySelector("[data-board]");
document.documentElement.dataset.js = "";
cards.begin(root ? JSON.parse(root.dataset.texts) : {});
if (root) {
  chooser(root);
  beginStatus(root);
  shells.begin(root);
  cards.listen(root);
  const { default: GridStack } = await import(root.dataset.gridstack);
  const board = new Board(root, GridStack);
  board.draw();
  listen(board, root);
}
for (const body of document.querySelectorAll(".widget-body:not([data-waiting])")) cards.settle(body);
