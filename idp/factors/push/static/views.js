// One page, several views of which one is shown; texts stand in the page, in the reader's language, and are only filled in here.

export const page = document.querySelector("[data-device]");

export function show(name) {
  for (const view of page.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
  const shown = page.querySelector(`[data-view="${name}"]`);
  // Whoever listens to the page hears what has changed, and a keyboard goes on from there.
  if (shown?.dataset.quiet === undefined) shown?.querySelector("h2, [tabindex]")?.focus();
  return shown;
}

export function fill(view, values) {
  for (const slot of view.querySelectorAll("[data-slot]")) {
    const value = values[slot.dataset.slot] ?? "";
    slot.textContent = slot.dataset.text ? slot.dataset.text.replace("{}", value) : value;
    const line = slot.closest("[data-optional]");
    if (line) line.hidden = !value;
  }
}

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function worker() {
  if (!("serviceWorker" in navigator)) return null;
  try {
    await navigator.serviceWorker.register("/approvals/worker.js", { scope: "/approvals/" });
    return await navigator.serviceWorker.ready;
  } catch {
    return null;
  }
}

// What the service worker says, it says in the language that this device last read.
export async function rememberTexts() {
  const { lang, dir } = document.documentElement;
  const { title, titleService, body, icon } = page.dataset;
  await device.set("texts", { title, titleService, body, icon, lang, dir });
  await device.set("vapid", page.dataset.vapid);
}

// iPhone and iPad: pushes reach only what is on the home screen, which shares nothing with the browser.
export const needsHomeScreen = () => navigator.standalone === false && !("PushManager" in window);
