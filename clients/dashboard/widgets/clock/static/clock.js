// Keeps the clocks of a card going. The server has written them in the person's language; here only time passes.

const MINUTE = 60_000;

class WorldClock extends HTMLElement {
  #timer;

  connectedCallback() {
    this.#tick();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #tick() {
    const now = new Date();
    const language = document.documentElement.lang || undefined;
    for (const shown of this.querySelectorAll("time[data-zone]")) {
      const timeZone = shown.dataset.zone;
      const time = now.toLocaleTimeString(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      if (shown.textContent !== time) shown.textContent = time;
      const day = shown.closest("li").querySelector("[data-day]");
      const date = now.toLocaleDateString(language, { timeZone, weekday: "short", day: "numeric", month: "short" });
      if (day && day.textContent !== date) day.textContent = date;
    }
    this.#timer = setTimeout(() => this.#tick(), MINUTE - (Date.now() % MINUTE) + 20);
  }
}

customElements.define("world-clock", WorldClock);
