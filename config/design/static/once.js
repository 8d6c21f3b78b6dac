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

// After a refused form, a keyboard or a screen reader starts at what went wrong.
document.querySelector("[data-focus]")?.focus();
