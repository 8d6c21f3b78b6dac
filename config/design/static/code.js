// A field for a code takes it as people copy it: with spaces, dashes, a line's end. The server forgives the same.

for (const field of document.querySelectorAll("input[data-code]")) {
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text");
    if (!text) return;
    event.preventDefault();
    field.value = text.replace(/[\s\-–]/g, "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
