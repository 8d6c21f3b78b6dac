// Saves the notepad while somebody types. What isn't saved yet is kept in this browser too, so that neither a lost connection nor a
// closed tab loses a keystroke. The server joins what was written in two places; `base` is the text that this tab began with.

const PAUSE = 600;
const LONGEST_WAIT = 30_000;
const KEEPALIVE_BYTES = 50_000;

class NotePad extends HTMLElement {
  #form;
  #text;
  #base;
  #version;
  #timer;
  #sending = false;
  #again = false;
  #failures = 0;
  #key;
  #leave = new AbortController();

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#text = this.#form.elements.text;
    this.#base = this.#form.elements.base.value;
    this.#version = this.#form.elements.version.value;
    this.#key = `note-${this.dataset.owner}`;
    this.#form.querySelector("button").hidden = true;
    const { signal } = this.#leave;
    this.#text.addEventListener("input", () => this.#changed(), { signal });
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(); }, { signal });
    addEventListener("online", () => this.#dirty && this.#save(), { signal });
    addEventListener("pagehide", () => this.#dirty && this.#save(), { signal });
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    this.#takeUp();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    if (this.#dirty) this.#save();
    this.#leave.abort();
    this.#leave = new AbortController();
  }

  get #dirty() {
    return this.#text.value !== this.#base;
  }

  #say(what, failed = false) {
    const state = this.querySelector(".note-state");
    const sentence = this.dataset[what] ?? what;
    if (state.textContent !== sentence) state.textContent = sentence;
    state.classList.toggle("failed", failed);
  }

  /** Go on with what an earlier visit couldn't save. */
  #takeUp() {
    const kept = JSON.parse(localStorage.getItem(this.#key) ?? "null");
    if (!kept) return;
    [this.#text.value, this.#base, this.#version] = [kept.text, kept.base, kept.version];
    if (this.#dirty) this.#save();
    else localStorage.removeItem(this.#key);
  }

  #changed() {
    const { value: text } = this.#text;
    try {
      localStorage.setItem(this.#key, JSON.stringify({ text, base: this.#base, version: this.#version }));
    } catch {
      // No room, or not allowed to: the server has it in a moment.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), PAUSE);
  }

  async #save() {
    clearTimeout(this.#timer);
    if (this.#sending) {
      this.#again = true;
      return;
    }
    if (!this.#dirty) return;
    this.#sending = true;
    this.#say("saving");
    const sent = this.#text.value;
    const body = new FormData(this.#form);
    body.set("text", sent);
    body.set("base", this.#base);
    body.set("version", this.#version);
    try {
      const answer = await fetch(this.#form.action, {
        method: "POST",
        body,
        redirect: "manual",
        keepalive: (sent.length + this.#base.length) * 3 < KEEPALIVE_BYTES,
        headers: { "X-Requested-With": "fetch" },
      });
      if (answer.ok) this.#took(sent, await answer.json());
      else if (answer.status === 422) this.#say(await answer.text(), true);
      else if (answer.type === "opaqueredirect" || answer.status < 500) this.#say("signedOut", true);
      else this.#retry();
    } catch {
      this.#retry();
    }
    this.#sending = false;
    if (this.#again) {
      this.#again = false;
      this.#save();
    }
  }

  #took(sent, note) {
    this.#failures = 0;
    const same = note.text === sent;
    const now = this.#text.value;
    if (same || now === sent) {
      if (!same) this.#replace(note.text);
      [this.#base, this.#version] = [note.text, note.version];
    } else {
      // Typed on while two texts were joined: the next save brings the version from before, and is joined with it.
      this.#base = sent;
    }
    if (this.#dirty) {
      this.#changed();
    } else {
      localStorage.removeItem(this.#key);
      this.#say(same ? "saved" : "merged");
    }
  }

  #replace(text) {
    const { selectionStart, selectionEnd } = this.#text;
    this.#text.value = text;
    this.#text.setSelectionRange(selectionStart, selectionEnd);
  }

  #retry() {
    this.#say("offline", true);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#save(), Math.min(LONGEST_WAIT, 1000 * 2 ** this.#failures));
  }

  /** Back in this tab: what was written in another one is shown. */
  async #looked() {
    if (document.visibilityState === "hidden") {
      if (this.#dirty) this.#save();
      return;
    }
    if (this.#dirty || this.#sending) return;
    try {
      const answer = await fetch(this.#form.action, { redirect: "manual", headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return;
      const note = await answer.json();
      if (this.#dirty || this.#sending || note.version === Number(this.#version)) return;
      this.#replace(note.text);
      [this.#base, this.#version] = [note.text, note.version];
    } catch {
      // Nothing was asked for; the next save says so.
    }
  }
}

customElements.define("note-pad", NotePad);
