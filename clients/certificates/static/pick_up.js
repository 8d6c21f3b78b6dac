// Shows the way of picking up that this browser has: it knows the key of the request, or it makes one and the code is asked for.

import { find } from "./vault.js";

const box = document.querySelector("[data-pick-up]");
const entry = box && (await find(box.dataset.key).catch(() => undefined));
if (box) {
  document.getElementById("here").hidden = !entry;
  document.getElementById("elsewhere").hidden = Boolean(entry);
}
