// Takes a link that is dropped onto the card, and sends it with the card's own form.

class QuickLinks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragover", (event) => this.#over(event));
    this.addEventListener("dragleave", () => this.classList.remove("dropping"));
    this.addEventListener("drop", (event) => this.#drop(event));
  }

  #over(event) {
    const types = event.dataTransfer.types;
    if (!types.includes("text/uri-list") && !types.includes("text/plain")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.classList.add("dropping");
  }

  #drop(event) {
    this.classList.remove("dropping");
    const address = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
    if (!address) return;
    event.preventDefault();
    const form = this.querySelector(".adding form");
    form.elements.address.value = address.split(/\r?\n/).find((line) => line && !line.startsWith("#")) ?? address;
    form.elements.title.value = titleOf(event.dataTransfer.getData("text/html"));
    form.requestSubmit();
  }
}

/** The text of the first link in what was dragged: other pages' HTML, which is read and never put into the page. */
function titleOf(html) {
  const link = new DOMParser().parseFromString(html, "text/html").querySelector("a");
  return (link?.textContent ?? "").trim().slice(0, 200);
}

customElements.define("quick-links", QuickLinks);
