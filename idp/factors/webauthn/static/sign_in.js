// Sign-in without a password: from the username field's suggestions, or by the button.
import { get, send, supported, whileResting } from "./ceremony.js";

const form = document.querySelector("form[data-passkey]");

async function options() {
  const answer = await fetch(form.dataset.passkey, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new DOMException("the sign-in is over", "TimeoutError");
  return answer.json();
}

function finish(answer) {
  const remember = document.querySelector("input[type=checkbox][name=remember]");
  form.elements.remember.value = remember?.checked ? "y" : "";
  send(form, answer);
}

// The browser offers passkeys where the username is typed. It may wait as long as the page is open, and says nothing if there are none.
async function suggest() {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    finish(await get(await options(), "conditional"));
  } catch {
    // The button was pressed, there is no passkey, or the browser doesn't want to: the page works without.
  }
}

if (form && supported) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    whileResting(button, form.querySelector("[role=alert]"), async () => finish(await get(await options())));
  });
  // A page that comes back by the back button has an answer that was used.
  addEventListener("pageshow", (event) => {
    form.elements.credential.value = "";
    if (event.persisted) suggest();
  });
  // Whoever signs in with a password here may like to know that this device could do without.
  const able = document.querySelector("input[name=passkeys]");
  if (able) {
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()
      .then((can) => { able.value = can ? "y" : ""; })
      .catch(() => {});
  }
  const { unknownKey } = form.dataset;
  if (unknownKey) {
    const told = { rpId: location.hostname, credentialId: unknownKey };
    PublicKeyCredential.signalUnknownCredential?.(told).catch(() => {});
  }
  // After a passkey was refused, the browser doesn't offer the same one unasked.
  if (!("refused" in form.dataset)) suggest();
}
