// Proof of work (ALTCHA, PBKDF2): looks for the counter whose derived key begins as the challenge says, while the person types or waits.
// A form that is sent before that waits for it, and then goes by itself. Whoever waits as long as the challenge says needs no solution.

const AT_ONCE = 32; // keys that the browser derives in parallel, on its own threads
const field = document.querySelector("[data-work]");
const { form } = field;
const button = form.querySelector("[type=submit]");
const progress = form.querySelector("progress");

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive({ salt, cost, keyLength }, nonce, counter) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: cost }, key, keyLength * 8));
}

async function solve() {
  const payload = JSON.parse(atob(field.value));
  const { nonce, salt, keyPrefix, ...parameters } = payload.challenge.parameters;
  const [start, bound] = [bytes(nonce), { ...parameters, salt: bytes(salt) }];
  for (let first = 0; ; first += AT_ONCE) {
    const keys = await Promise.all(Array.from({ length: AT_ONCE }, (_, next) => derive(bound, start, first + next)));
    const found = keys.findIndex((key) => key.startsWith(keyPrefix));
    if (progress) progress.value = first;
    if (found < 0) continue;
    payload.solution = { counter: first + found, derivedKey: keys[found] };
    field.value = btoa(JSON.stringify(payload));
    return;
  }
}

const waited = new Promise((resolve) => setTimeout(resolve, Number(field.dataset.work) * 1000));
// Without WebCrypto (a page that isn't served by https) there is the waiting.
const done = Promise.race([solve().catch(() => waited), waited]);

let ready = false;
let pressed = "send" in field.dataset;
const label = button.textContent;

form.addEventListener("submit", (event) => {
  if (ready) return;
  event.preventDefault();
  pressed = true;
  button.disabled = true;
  button.textContent = button.dataset.once;
  button.setAttribute("aria-busy", "true");
});
if (pressed) {
  form.querySelector("[data-working]").hidden = false;
  form.querySelector("[data-waiting]").hidden = true;
}
await done;
ready = true;
button.disabled = false;
button.removeAttribute("aria-busy");
button.textContent = label;
if (pressed) form.requestSubmit(button);
