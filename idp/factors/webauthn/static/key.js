// The pages that ask for a key by a button: the second step of a sign-in, and adding a key.
import { create, get, say, send, supported, whileResting } from "./ceremony.js";

const button = document.querySelector("button[data-key]");

if (button) {
  const { form } = button;
  const status = form.querySelector("[data-key-status]");
  button.hidden = false;
  if (!supported) {
    button.disabled = true;
    say(status, status.dataset.unsupported);
  }
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const asked = JSON.parse(button.dataset.key);
    const kind = form.elements.kind?.value;
    whileResting(button, status, async () => send(form, await (kind ? create(asked[kind]) : get(asked))));
  });
  addEventListener("pageshow", () => {
    form.elements.credential.value = "";
  });
}
