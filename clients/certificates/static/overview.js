// Says which keys are in this browser, and sweeps away those that nothing needs any more.

import { find, sweep } from "./vault.js";

const list = document.querySelector("[data-owner]");
const marks = [...document.querySelectorAll("[data-key]")];
try {
  await sweep(list.dataset.owner, list.dataset.wanted.split(" "));
  for (const mark of marks) mark.hidden = !(await find(mark.dataset.key));
} catch {
  // This browser keeps nothing: then there is nothing to say.
}
