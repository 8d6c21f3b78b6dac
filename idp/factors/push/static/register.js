// Registers this browser as a device: notifications, a key that stays here, and the number that the other screen asks for.

import { fill, needsHomeScreen, page, rememberTexts, show, wait, worker } from "./views.js";

const { challenge, issuer, vapid } = page.dataset;

async function allowed() {
  if (!("Notification" in window) || !("PushManager" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

async function register() {
  // First, as browsers ask only in answer to a press of a button.
  const permission = allowed().catch(() => false);
  show("working");
  const registration = await worker();
  await rememberTexts();
  const subscription = (await permission) && registration ? await device.subscribed(registration, vapid) : null;
  const one = { ...(await device.made(issuer)), endpoint: subscription?.endpoint ?? null };
  await device.keep(one);
  const claims = { challenge, jwk: one.jwk, subscription: subscription?.toJSON() ?? null };
  const answer = await device.send(one, "register", claims, location.pathname);
  if (answer.status === 200) return follow(one);
  await device.forget(one.kid);
  show(answer.status === 0 ? "offline" : "spent");
}

async function follow(one) {
  for (let shown = ""; ; await wait(1500)) {
    const { status, state, number, name, username } = await device.send(one, "progress");
    if (status === 0 || status >= 500) continue;
    if (state === "waiting" && number !== shown) fill(show("number"), { number: (shown = number) });
    if (state === "ready") {
      await device.keep({ ...one, pending: false, username });
      fill(show("ready"), { name, username });
      page.querySelector("[data-quiet-only]").hidden = Boolean(one.endpoint);
      // So that the key isn't cleared away when space is short. Some browsers ask for it; nothing waits for the answer.
      navigator.storage?.persist?.().catch(() => false);
      return;
    }
    if (status !== 200 || state === "gone") {
      await device.forget(one.kid);
      show("turned-away");
      return;
    }
  }
}

page.querySelector("#register").addEventListener("click", () => register().catch(() => show("failed")));
page.querySelector("#anyway")?.addEventListener("click", () => show("start"));
page.querySelector("#copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(location.href);
  target.textContent = target.dataset.done;
});

// A page that was reloaded while it waited goes on waiting; its link is used up by then.
const pending = (await device.all().catch(() => [])).filter((one) => one.pending);
if (!crypto.subtle || !window.indexedDB) show("failed");
else if (challenge) {
  for (const one of pending) await device.forget(one.kid);
  show(needsHomeScreen() ? "home-screen" : "start");
} else if (pending.length) await follow(pending.at(-1));
else show("spent");
