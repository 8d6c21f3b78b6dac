// Fetches cards and puts them into their widgets, each by itself: a slow or failing one keeps none of the others waiting.

import { drawCharts } from "./charts.js";

const SKELETON_AFTER = 400;
const LONGEST = 12_000;
const BUSY_WAITS = [1000, 2000, 4000];

const latest = new WeakMap();
const failed = new Set();
let texts = {};

export function begin(said) {
  texts = said;
  addEventListener("online", () => {
    for (const body of failed) load(body);
  });
}

// What came with the page.
export const settle = drawCharts;

// Choices are part of the address, so that trying again asks for the same.
export async function load(body, query = body.dataset.query ?? "", tries = 0) {
  body.dataset.query = query;
  const mine = new AbortController();
  latest.get(body)?.abort();
  latest.set(body, mine);
  const skeleton = setTimeout(() => wait(body), SKELETON_AFTER);
  const limit = setTimeout(() => mine.abort("slow"), LONGEST);
  body.setAttribute("aria-busy", "true");
  let answer, html;
  try {
    answer = await fetch(`${body.dataset.card}${query && `?${query}`}`, { signal: mine.signal });
    html = await answer.text();
  } catch {
    answer = null;
  }
  clearTimeout(skeleton);
  clearTimeout(limit);
  if (latest.get(body) !== mine) return;
  // The widget itself was taken off, by another page or by whoever runs its service.
  if (answer?.status === 401) return location.reload();
  if (!answer?.ok) {
    failed.add(body);
    return show(body, unreachable(body), "");
  }
  failed.delete(body);
  show(body, fragment(html), decodeURIComponent(answer.headers.get("X-Card-Note") ?? ""));
  const trouble = body.querySelector("[data-trouble]")?.dataset.trouble;
  if (trouble === "busy" && tries < BUSY_WAITS.length) {
    setTimeout(() => latest.get(body) === mine && body.isConnected && load(body, query, tries + 1), BUSY_WAITS[tries]);
  }
}

function show(body, content, note) {
  const focused = body.contains(document.activeElement) ? document.activeElement.name || true : null;
  body.replaceChildren(content);
  delete body.dataset.waiting;
  body.removeAttribute("aria-busy");
  const badge = body.closest("[data-widget]")?.querySelector("[data-note]");
  if (badge) {
    badge.textContent = note;
    badge.hidden = !note;
  }
  settle(body);
  if (focused) {
    // Whoever chose or tried again stays where they were.
    const again = typeof focused === "string" && body.querySelector(`[name="${CSS.escape(focused)}"]`);
    (again || body.querySelector("a, button, select") || body).focus({ preventScroll: true });
  }
}

function wait(body) {
  if ("waiting" in body.dataset && body.querySelector(".skeleton")) return;
  const lines = document.createElement("div");
  lines.className = "skeleton";
  lines.append(...["", "", ""].map(() => document.createElement("span")));
  const said = Object.assign(document.createElement("span"), { className: "unseen", textContent: texts.loading });
  lines.append(said);
  // What is shown stays until something newer is there.
  if (!body.firstElementChild || "waiting" in body.dataset) body.replaceChildren(lines);
  else body.prepend(said);
}

const fragment = (html) => document.createRange().createContextualFragment(html);

function unreachable(body) {
  const title = body.closest("[data-widget]")?.querySelector("[data-title]")?.textContent ?? "";
  const box = Object.assign(document.createElement("div"), { className: "trouble" });
  const text = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = texts.unreachable_title.replace("{title}", title);
  text.append(strong, ` ${texts.unreachable}`);
  const again = Object.assign(document.createElement("button"), { type: "button", className: "secondary small", textContent: texts.again });
  again.dataset.again = "";
  const line = document.createElement("p");
  line.append(again);
  box.append(text, line);
  return box;
}

const chosen = (form) => new URLSearchParams(new FormData(form)).toString();

// Of a page: what is chosen and tried again in cards.
export function listen(root) {
  const bodyOf = (element) => element.closest(".widget-body[data-card]");
  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-choices]");
    if (form && bodyOf(form)) load(bodyOf(form), chosen(form));
  });
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-choices]");
    if (!form || !bodyOf(form)) return;
    event.preventDefault();
    load(bodyOf(form), chosen(form));
  });
  root.addEventListener("click", (event) => {
    const again = event.target.closest("[data-again]");
    if (!again || !bodyOf(again)) return;
    event.preventDefault();
    load(bodyOf(again));
  });
}
