// Makes the password-protected file of a certificate and its key, here in the browser, and hands it over as a download.

import { chainOf, makeFile } from "./pkcs12.js";
import { find } from "./vault.js";

const LEAST = 8;
const form = document.querySelector("form[data-back-up]");
const entry = form && (await find(form.dataset.key).catch(() => undefined));

if (form) {
  document.getElementById("no-key").hidden = Boolean(entry);
  document.getElementById("back-up").hidden = !entry;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isRight()) save(event.submitter);
  });
  form.elements.password.addEventListener("input", hint);
}

function isRight() {
  const { password, again } = form.elements;
  const tooShort = [...password.value].length < LEAST;
  const differs = !tooShort && password.value !== again.value;
  say(password, tooShort ? form.dataset.short : "");
  say(again, differs ? form.dataset.differs : "");
  (tooShort ? password : differs ? again : undefined)?.focus();
  return !tooShort && !differs;
}

function say(field, text) {
  const box = document.getElementById(`${field.id}-error`);
  box.hidden = !text;
  box.lastElementChild.textContent = text;
  field.toggleAttribute("aria-invalid", Boolean(text));
  if (text) field.setAttribute("aria-invalid", "true");
}

async function save(button) {
  const label = [...button.childNodes];
  button.disabled = true;
  button.textContent = form.dataset.working;
  // The page says so before the work begins.
  await new Promise((resolve) => setTimeout(resolve, 30));
  try {
    const old = form.elements.old.checked;
    const file = await makeFile(entry.keys.privateKey, chainOf(form.dataset.chain), form.elements.password.value, form.dataset.name, { old });
    download(file, form.dataset.file);
    const done = document.getElementById("saved");
    done.hidden = false;
    done.focus();
  } finally {
    button.disabled = false;
    button.replaceChildren(...label);
  }
}

function download(bytes, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/x-pkcs12" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// A hint, not a judgement: how many guesses somebody needs who knows nothing but letters, digits and signs.
function hint() {
  const text = form.elements.password.value;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u, /[^\x00-\x7f]/].map((kind) => kind.test(text));
  const alphabet = [26, 26, 10, 30, 100].reduce((sum, size, at) => sum + (kinds[at] ? size : 0), 0);
  const distinct = new Set(text).size;
  const bits = text ? Math.min([...text].length, distinct * 2) * Math.log2(alphabet || 1) : 0;
  const level = bits < 45 ? 1 : bits < 70 ? 2 : 3;
  const meter = document.getElementById("strength");
  meter.value = level;
  meter.hidden = !text;
  meter.nextElementSibling.textContent = text ? form.dataset[`strength${level}`] : "";
}
