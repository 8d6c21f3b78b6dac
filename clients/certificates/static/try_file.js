// Opens a back-up in the browser and says what is in it. File and password stay here. A back-up that opens makes the copy of the key in this
// browser superfluous, so it is deleted: see vault.js.

import { digest } from "./csr.js";
import { MalformedError, openFile, UnknownMethodError, WrongPasswordError } from "./pkcs12.js";
import { find, forget } from "./vault.js";
import { belongTogether, readCertificate } from "./x509.js";

const form = document.querySelector("form[data-try]");
const result = document.getElementById("result");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const label = button.textContent;
  button.disabled = true;
  button.textContent = form.dataset.working;
  await new Promise((resolve) => setTimeout(resolve, 30));
  try {
    await judge();
  } catch (error) {
    const kind = [[WrongPasswordError, "wrong"], [UnknownMethodError, "unknown"], [MalformedError, "malformed"]];
    tell("danger", form.dataset[kind.find(([type]) => error instanceof type)?.[1] ?? "malformed"]);
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
});

async function judge() {
  const [file] = form.elements.file.files;
  if (!file) return tell("danger", form.dataset.none);
  if (file.size > 1_000_000) throw new MalformedError("it is too large");
  const { pkcs8, certificates } = await openFile(new Uint8Array(await file.arrayBuffer()), form.elements.password.value);
  const own = await ownCertificate(pkcs8, certificates.map(readCertificate));
  if (!own) return tell("danger", form.dataset.apart);
  const state = known(own.serial);
  const over = own.ends < new Date();
  const kind = over || state === "revoked" ? "warning" : "success";
  const said = over ? "expired" : state === "revoked" ? "revoked" : state ? "good" : "foreign";
  const deleted = await deleteHere(own);
  tell(kind, form.dataset[said], own, deleted);
}

async function ownCertificate(pkcs8, read) {
  for (const one of read) if (await belongTogether(pkcs8, one.spki)) return one;
  return undefined;
}

// What the service knows of the person's certificates: "serial:state …".
const known = (serial) =>
  form.dataset.mine.split(" ").map((one) => one.split(":")).find(([mine]) => mine === serial)?.[1];

async function deleteHere({ spki }) {
  const fingerprint = await digest(spki);
  const entry = await find(fingerprint).catch(() => undefined);
  if (entry) await forget(fingerprint);
  return Boolean(entry);
}

function tell(kind, text, certificate, deleted = false) {
  for (const box of result.querySelectorAll("[data-kind]")) {
    box.hidden = box.dataset.kind !== kind;
    if (!box.hidden) box.querySelector("p").textContent = text;
  }
  const facts = result.querySelector("dl");
  facts.hidden = !certificate;
  if (certificate) {
    const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
    const grouped = certificate.serial.toUpperCase().padStart(Math.ceil(certificate.serial.length / 4) * 4, "0");
    facts.querySelector("[data-name]").textContent = certificate.name;
    facts.querySelector("[data-until]").textContent = date.format(certificate.ends);
    facts.querySelector("[data-serial]").textContent = grouped.match(/.{4}/g).join(" ");
  }
  result.querySelector("[data-deleted]").hidden = !deleted;
  result.hidden = false;
  result.focus();
}
