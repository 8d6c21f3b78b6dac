// The frames of widgets: those that came with the page, and new ones made from its template.

const kept = new Map();

export const idOf = (element) => element.closest("[data-widget]")?.dataset.widget;
export const titleOf = (shell) => shell.querySelector("[data-title]").textContent;

export function begin(root) {
  for (const shell of root.querySelectorAll("#board > [data-widget]")) kept.set(shell.dataset.widget, shell);
}

// `about` is the widget's tick in the side panel; a widget that was removed comes back as it was.
export function shellOf(id) {
  if (kept.has(id)) return kept.get(id);
  const about = document.querySelector(`[data-choose] input[value="${CSS.escape(id)}"]`);
  if (!about) return null;
  const shell = document.querySelector("template[data-shell]").content.firstElementChild.cloneNode(true);
  for (const element of [shell, ...shell.querySelectorAll("*")]) {
    for (const name of ["id", "value", "aria-labelledby", "aria-controls", "data-widget", "data-card"]) {
      const value = element.getAttribute(name);
      if (value?.includes("KEY")) element.setAttribute(name, value.replace("KEY", id));
    }
    if (element.dataset.named) element.setAttribute("aria-label", element.dataset.named.replace("{title}", about.dataset.title));
  }
  shell.querySelector("[data-title]").textContent = about.dataset.title;
  const by = shell.querySelector("[data-by]");
  by.textContent = about.dataset.by;
  by.hidden = !about.dataset.by;
  shell.querySelector(".widget-body").dataset.waiting = "";
  kept.set(id, shell);
  return shell;
}

export function turn(shell, collapsed) {
  shell.toggleAttribute("data-collapsed", collapsed);
  shell.querySelector(".widget-body").hidden = collapsed;
  shell.querySelector(".turn").setAttribute("aria-expanded", String(!collapsed));
}
