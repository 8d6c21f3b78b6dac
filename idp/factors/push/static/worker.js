// The service worker of registered devices: shows pushes, opens what they are about, and keeps the subscription alive.
// It decides nothing: an answer is given and signed on a page, by the person.
"use strict";
importScripts("/static/push/device.js");

const PLAIN = { title: "Are you signing in?", titleService: "Are you signing in to {service}?", body: "From {place}. Open to answer." };

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("push", (event) => event.waitUntil(show(event)));

async function show(event) {
  let content = {};
  try {
    content = event.data?.json() ?? {};
  } catch {
    // Not ours, but it has to be shown all the same: browsers let no push pass in silence.
  }
  const texts = { ...PLAIN, ...(await device.setting("texts").catch(() => null)) };
  const isNotice = content.kind === "notice";
  const title = isNotice ? content.title : content.service ? texts.titleService.replace("{service}", content.service) : texts.title;
  await registration.showNotification(title, {
    body: isNotice ? content.body : content.place ? texts.body.replace("{place}", content.place) : "",
    // The same request again replaces itself.
    tag: content.id ?? "",
    icon: texts.icon,
    lang: texts.lang ?? "",
    dir: texts.dir ?? "auto",
    requireInteraction: !isNotice,
    data: { url: isNotice ? content.url : `/approvals/${content.id ?? ""}` },
  });
  for (const page of await pages()) page.postMessage({ pushed: content.id ?? "" });
}

const pages = () => clients.matchAll({ type: "window", includeUncontrolled: true });

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(go(new URL(event.notification.data?.url ?? "/approvals/", location.origin)));
});

async function go(url) {
  if (url.origin !== location.origin) {
    // A message of a service is read at that service. Only this server can have said so: nobody else's pushes arrive here.
    if (/^https?:$/.test(url.protocol)) await clients.openWindow(url.href);
    return;
  }
  const here = (await pages()).find((page) => new URL(page.url).pathname.startsWith("/approvals/"));
  if (here && url.pathname.startsWith("/approvals/")) {
    try {
      // In this order: once it has gone elsewhere, the press of the notification no longer allows to bring it forward.
      const focused = await here.focus();
      await focused.navigate(url.href);
      return;
    } catch {
      // A page that this worker doesn't control yet can't be led anywhere.
    }
  }
  await clients.openWindow(url.href);
}

addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

async function renew(event) {
  const vapid = await device.setting("vapid");
  const subscription = event.newSubscription ?? (vapid ? await device.subscribed(registration, vapid) : null);
  for (const one of await device.all()) if (!one.pending) await device.tellSubscription(one, subscription);
}
