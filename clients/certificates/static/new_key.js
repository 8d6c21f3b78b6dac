// Forms that ask for a certificate: when the button is pressed this browser makes a key, keeps it, and sends the request for it along.

import { newKey } from "./csr.js";
import { keep } from "./vault.js";

for (const form of document.querySelectorAll("form[data-new-key]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter);
  });
}

async function send(form, button) {
  const failed = form.querySelector("[data-failed]");
  const label = button?.textContent;
  rest(button, true, form.dataset.working);
  failed.hidden = true;
  try {
    const kind = form.querySelector("[name=kind]:checked")?.value;
    const { keys, fingerprint, request } = await newKey(kind);
    // Kept before it is sent: if the answer gets lost, the key is here all the same.
    await keep({ fingerprint, keys, owner: form.dataset.owner });
    form.elements.request.value = request;
    form.submit();
  } catch {
    failed.hidden = false;
    failed.focus();
    rest(button, false, label);
  }
}

// As the design's own buttons do; it wakes them up again when somebody comes back.
function rest(button, resting, text) {
  if (!button) return;
  if (resting) button.dataset.label = button.textContent;
  else delete button.dataset.label;
  button.disabled = resting;
  button.textContent = text;
  button.toggleAttribute("aria-busy", resting);
}
