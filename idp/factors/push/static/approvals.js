// What this device is asked: a list, or one request with its answer.

import { fill, needsHomeScreen, page, rememberTexts, show, wait, worker } from "./views.js";

const { vapid, request: wanted } = page.dataset;
const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
let woken = () => {};
const sleep = (milliseconds) => Promise.race([wait(milliseconds), new Promise((resolve) => (woken = resolve))]);

navigator.serviceWorker?.addEventListener("message", () => woken());

const facts = (request, username) => ({
  service: request.service || page.dataset.account,
  from: [request.place, request.ip].filter(Boolean).join(" · "),
  browser: request.browser,
  when: time.format(request.at * 1000),
  username,
});

// Returns the answers of all accounts that this browser is registered for; registrations that are no more are forgotten.
async function asked(act, claims) {
  const answers = [];
  for (const one of (await device.all()).filter((each) => !each.pending)) {
    const answer = await device.send(one, act, claims);
    if (answer.problem === "unknown") await device.forget(one.kid);
    else answers.push({ ...answer, one });
  }
  return answers;
}

// ── The list ──
async function list() {
  const listed = page.querySelector("#requests");
  const pattern = page.querySelector("#request");
  for (let before = null; ; await sleep(4000)) {
    const answers = await asked("list");
    if (!answers.length) return show(needsHomeScreen() ? "home-screen" : "none");
    if (answers.every((answer) => answer.status !== 200)) {
      before = null;
      show("offline");
      continue;
    }
    await keepSubscribed(answers);
    const found = answers.flatMap(({ requests = [], username }) => requests.map((request) => ({ request, username })));
    const now = found.map(({ request }) => request.id).join();
    if (now === before) continue;
    listed.replaceChildren(
      ...found.map(({ request, username }) => {
        const line = pattern.content.cloneNode(true);
        fill(line, facts(request, username));
        line.querySelector("a").href = `/approvals/${request.id}`;
        return line;
      }),
    );
    const people = [...new Set(answers.map((answer) => answer.username).filter(Boolean))].join(", ");
    if (found.length) show("list");
    else fill(show("nothing"), { username: people });
    before = now;
  }
}

// ── Notifications: this device looks after its own subscription whenever its page is open ──
const permission = () => ("Notification" in window && "PushManager" in window ? Notification.permission : "missing");
let looked = false;

async function keepSubscribed(answers, anyway = false) {
  if (looked && !anyway) return;
  looked = true;
  const state = permission();
  for (const hint of page.querySelectorAll("[data-permission]")) hint.hidden = hint.dataset.permission !== state;
  const registration = await worker();
  await rememberTexts();
  const granted = state === "granted" && registration;
  for (const { one, subscribed, status } of answers) {
    if (status !== 200) continue;
    let subscription = granted ? await device.subscribed(registration, vapid) : null;
    // We have told it before, and the server has lost it: its push service gave it up.
    if (subscription && !subscribed && subscription.endpoint === one.endpoint)
      subscription = await device.subscribed(registration, vapid, true);
    if ((subscription?.endpoint ?? null) !== one.endpoint || Boolean(subscription) !== subscribed)
      await device.tellSubscription(one, subscription);
  }
}

page.querySelector("#notify").addEventListener("click", async () => {
  await Notification.requestPermission();
  await keepSubscribed(await asked("list"), true);
});

// Takes the notification away that this was about, on whichever way the page was reached.
async function putAway(tag) {
  const registration = await navigator.serviceWorker?.getRegistration("/approvals/");
  for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close();
}

// ── One request ──
async function one() {
  const answers = await asked("show", { request: wanted });
  if (!answers.length) return show("none");
  const found = answers.find((answer) => answer.status === 200);
  if (!found) return show(answers.some((answer) => answer.status === 404) ? "over" : "offline");
  await ask(found.one, found.request, found.username);
}

async function ask(by, request, username) {
  if (request.state !== "waiting") return show(`was-${request.state}`) ?? show("over");
  const view = show("request");
  const values = facts(request, username);
  fill(view, values);
  const form = view.querySelector("form");
  const field = form.elements.number;
  field.focus();
  const late = setTimeout(() => show("was-expired"), Math.max(0, request.until * 1000 - Date.now()));

  async function answer(decision) {
    clearTimeout(late);
    show("working");
    const { id, challenge } = request;
    const number = decision === "approve" ? field.value.trim() : "";
    const said = await device.send(by, "answer", { request: id, challenge, decision, number });
    if (said.status === 0 || said.status >= 500) {
      show("request");
      view.querySelector("#unsent").hidden = false;
      return;
    }
    await putAway(id);
    if (said.status !== 200) return show("over");
    fill(show(said.accepted ? `now-${said.state}` : `was-${said.state}`), values);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const decision = event.submitter?.value ?? "approve";
    const missing = decision === "approve" && !/^\s*\d\d\s*$/.test(field.value);
    view.querySelector("#number-error").hidden = !missing;
    field.setAttribute("aria-invalid", missing);
    if (missing) field.focus();
    else answer(decision).catch(() => show("failed"));
  });

  page.querySelector("#lock").addEventListener("click", async () => {
    const said = await device.send(by, "lock", { request: request.id });
    show(said.status === 200 ? "locked" : "not-locked");
  });
}

// ── No device yet: an app that was just put on the home screen gets the link by hand ──
page.querySelector("#paste").addEventListener("submit", (event) => {
  event.preventDefault();
  const secret = event.target.elements.link.value.trim().split("/").pop();
  if (/^[\w-]{43}$/.test(secret)) location.assign(`/approvals/register/${secret}`);
  else page.querySelector("#link-error").hidden = false;
});

show("working");
await (wanted ? one() : list()).catch(() => show("failed"));
