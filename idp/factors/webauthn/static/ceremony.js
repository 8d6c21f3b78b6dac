// The browser's part of a passkey: options in, an answer as JSON out. Knows no page.

// Browsers without the JSON methods of Web Authentication Level 3 (Safari before 18.4) get them here.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

function creation(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
}

function request(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
}

function written(credential) {
  if (credential.toJSON) return JSON.stringify(credential.toJSON());
  const { response } = credential;
  const parts = { transports: response.getTransports?.() };
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = toText(response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  });
}

export const supported = Boolean(window.PublicKeyCredential && navigator.credentials?.get);

// Only one ceremony can run at a time: a new one ends the one before.
let running;
function begin() {
  running?.abort();
  running = new AbortController();
  return running.signal;
}

export async function create(options) {
  return written(await navigator.credentials.create({ publicKey: creation(options), signal: begin() }));
}

export async function get(options, mediation) {
  const asked = { publicKey: request(options), signal: begin() };
  if (mediation) asked.mediation = mediation;
  return written(await navigator.credentials.get(asked));
}

// Send the form with the answer in it, as if its button had been pressed; `once.js` lets it rest meanwhile.
export function send(form, answer) {
  form.elements.credential.value = answer;
  form.requestSubmit(form.querySelector("[type=submit]"));
}

export function say(status, text) {
  status.querySelector("span").textContent = text;
  status.hidden = false;
}

// A button rests while the browser asks the person; then it can be pressed again, with what happened said beside it.
export async function whileResting(button, status, act) {
  const focused = document.activeElement === button;
  status.hidden = true;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (error) {
    // The texts are the page's, by the names that browsers give their errors; "NotAllowedError" is also what cancelling is.
    say(status, status.dataset[error.name[0].toLowerCase() + error.name.slice(1)] ?? status.dataset.other);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    // A disabled button loses the focus; whoever works with the keyboard goes on where they were.
    if (focused) button.focus();
  }
}
