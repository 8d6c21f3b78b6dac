// For a widget's own module: `whenShown("notepad", (body) => …)` is called for its card, and again each time that it is drawn anew.

export const SHOWN = "widget-shown";

const done = new WeakMap();

export function whenShown(id, callback) {
  const call = (body) => {
    const drawn = body.firstElementChild;
    const seen = done.get(callback) ?? new WeakSet();
    done.set(callback, seen);
    // A card that was there before its module was asked is announced by nobody; one that is there for both is told once.
    if (!drawn || seen.has(drawn) || "waiting" in body.dataset) return;
    seen.add(drawn);
    callback(body);
  };
  document.addEventListener(SHOWN, (event) => {
    if (event.target.closest("[data-widget]")?.dataset.widget === id) call(event.target);
  });
  for (const widget of document.querySelectorAll(`[data-widget="${CSS.escape(id)}"]`)) {
    call(widget.matches(".widget-body") ? widget : widget.querySelector(".widget-body"));
  }
}

export const announce = (body) => body.dispatchEvent(new Event(SHOWN, { bubbles: true }));
