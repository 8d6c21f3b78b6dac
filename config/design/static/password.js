// The button that shows a password while it is typed. It is hidden where there is no JavaScript.

for (const button of document.querySelectorAll("button[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const labels = { password: button.getAttribute("aria-label"), text: button.dataset.hideLabel };
  const turn = (type) => {
    field.type = type;
    button.setAttribute("aria-label", labels[type]);
    button.setAttribute("aria-pressed", String(type === "text"));
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    turn(field.type === "password" ? "text" : "password");
    field.focus();
  });
  // A password must not be saved or sent by the browser as ordinary text.
  field.form?.addEventListener("submit", () => turn("password"));
}
