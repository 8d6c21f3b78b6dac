// Before: remembers whether this browser is to be trusted. Back from the address that asks for the certificate: goes on by itself.

const KEY = "trust-with-certificate";
const trust = document.getElementById("trust");
const before = document.querySelector("[data-before]");
const go = document.querySelector("[data-continue]");

if (before) {
  before.hidden = false;
  sessionStorage.removeItem(KEY);
  trust?.addEventListener("change", () => sessionStorage.setItem(KEY, trust.checked ? "y" : ""));
}
if (go) {
  if (trust) trust.checked = sessionStorage.getItem(KEY) === "y";
  sessionStorage.removeItem(KEY);
  go.click();
}
