// What is said: quietly, for those who listen (`say`), or in a line that everybody sees, with something to do about it (`tell`).

let regions = {};

export function begin(root) {
  regions = { said: root.querySelector("[data-said]"), toast: root.querySelector("[data-toast]") };
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export function say(text) {
  // The same words twice are read twice only when they were gone in between.
  regions.said.textContent = "";
  setTimeout(() => (regions.said.textContent = text));
}

// `actions` are labels with what they do; the line stays until the next one or until it is closed.
export function tell(text, actions = [], close = "") {
  const line = document.createElement("p");
  line.textContent = text;
  const buttons = actions.map(([label, act]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: label });
    button.addEventListener("click", () => {
      regions.toast.replaceChildren();
      act();
    });
    return button;
  });
  if (close) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "bare tool", textContent: "×" });
    button.setAttribute("aria-label", close);
    button.addEventListener("click", () => regions.toast.replaceChildren());
    buttons.push(button);
  }
  regions.toast.replaceChildren(line, ...buttons);
}

export const hush = () => regions.toast.replaceChildren();

// Ask before something is lost; the answer is true or false. Escape is no.
export function ask({ title, text, yes }) {
  const dialog = document.querySelector("[data-ask]");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("#ask-text").textContent = text;
  const button = dialog.querySelector("[data-yes]");
  button.textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  button.focus();
  return new Promise((resolve) => {
    const end = (value) => () => dialog.close(value);
    button.onclick = end("yes");
    dialog.querySelector("[data-no]").onclick = end("");
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}
