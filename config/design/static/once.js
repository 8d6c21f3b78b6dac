// A pressed button rests until the next page, and says that something happens; back/forward wakes it up again.

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || !("once" in button.dataset)) return;
  // After the event: a disabled button's name and value would not be sent.
  setTimeout(() => {
    button.disabled = true;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.once;
    button.setAttribute("aria-busy", "true");
  });
});

addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-label]")) {
    button.disabled = false;
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-busy");
    delete button.dataset.label;
  }
});

// A link in the summary of errors leaves the page's address alone: with a fragment, the next answer would start at that field.
document.getElementById("error")?.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.matches("fieldset") ? field.querySelector("input") : field).focus();
});

// After a refused form, a keyboard or a screen reader starts at what went wrong.
document.querySelector("[data-focus]")?.focus();
