// Waits for what happens on the device, then goes on by itself: sends the form, or opens the page again.

const waiting = document.querySelector("[data-wait]");
const { wait: address, until } = waiting.dataset;
const left = document.querySelector("[data-left]");
const end = Date.now() + Number(left?.dataset.left ?? 0) * 1000;

function count() {
  const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

for (;;) {
  if (left) count();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  if (document.hidden) continue;
  let state = {};
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (response.ok) state = await response.json();
    else if (response.status < 500) state = { state: "over" };
  } catch {
    continue; // the network is away for a moment
  }
  for (const hint of document.querySelectorAll("[data-delivery]")) hint.hidden = hint.dataset.delivery !== state.delivery;
  if (state.state && state.state !== until) break;
}
const form = document.getElementById("proof");
if (form) form.requestSubmit();
else location.reload();
