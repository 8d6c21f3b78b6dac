// Forms inside cards: sent without leaving the page, then the card is drawn anew. What isn't taken says why, and stays as it was typed.

import { load } from "./cards.js";

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const body = form.closest(".widget-body[data-card]");
  if (!body || !(form.matches("[data-inline]") || submitter?.matches("[data-inline]"))) return;
  event.preventDefault();
  // A button that is pressed twice sends once.
  if (form.getAttribute("aria-busy") !== "true") send(form, submitter, body);
});

async function send(form, submitter, body) {
  form.setAttribute("aria-busy", "true");
  refuse(form, "");
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body: new FormData(form, submitter),
      redirect: "manual",
      headers: { "X-Requested-With": "fetch" },
    });
    if (answer.ok) await load(body);
    else if (answer.status === 422) refuse(form, await answer.text());
    // Signed out meanwhile: the page leads to the sign-in, and back.
    else if (answer.type === "opaqueredirect" || answer.status < 500) location.reload();
    else refuse(form, unreachable());
  } catch {
    refuse(form, unreachable());
  }
  form.removeAttribute("aria-busy");
}

const unreachable = () => JSON.parse(document.querySelector("[data-board]")?.dataset.texts ?? "{}").unreachable ?? "";

function refuse(form, sentence) {
  let line = form.querySelector("[role=alert]");
  if (!line && !sentence) return;
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "field-error" });
    line.setAttribute("role", "alert");
    form.append(line);
  }
  line.textContent = sentence;
}
