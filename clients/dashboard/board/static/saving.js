// Keeps the layout on the server. A change is sent soon, again while there is no connection, and at once when the page is left.
// Every change has a number and the page a name, so that the server knows what comes twice, late, or from somewhere else.

const DEBOUNCE = 400;
const LONGEST_WAIT = 15_000;

export class Saving {
  // `says(state, answer)` hears: saving, saved, offline, conflict, signed_out, refused.
  constructor({ url, csrf, version, says }) {
    Object.assign(this, { url, csrf, version, says });
    this.editor = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`.slice(0, 40);
    this.sequence = 0;
    this.wanted = null;
    this.sending = false;
    this.wait = 0;
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
  }

  get pending() {
    return this.wanted !== null || this.sending;
  }

  save(layout) {
    this.wanted = { layout, sequence: ++this.sequence };
    this.says("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.wait || DEBOUNCE);
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || !this.wanted) return;
    const sent = this.wanted;
    this.sending = true;
    let answer;
    try {
      answer = await this.put(sent);
      if (answer.status >= 500) throw new Error(String(answer.status));
    } catch {
      this.sending = false;
      this.wait = Math.min(LONGEST_WAIT, (this.wait || 500) * 2);
      this.says("offline");
      this.timer = setTimeout(() => this.send(), this.wait);
      return;
    }
    this.sending = false;
    const recovered = this.wait > 0;
    this.wait = 0;
    if (answer.status === 200) {
      this.version = (await answer.json()).version;
      // Something may have been changed while this was on its way.
      if (this.wanted !== sent) return this.send();
      this.wanted = null;
      this.says("saved", { recovered });
      return;
    }
    // Perhaps a later change of this page was faster; if not, that one will be told the same.
    if (answer.status === 409 && this.wanted !== sent) return this.send();
    this.wanted = null;
    if (answer.status === 409) {
      const newer = await answer.json();
      this.version = newer.version;
      this.says("conflict", newer);
    } else this.says(answer.status === 401 ? "signed_out" : "refused");
  }

  // What is on its way goes on by itself (`keepalive`); what isn't yet is sent beside it.
  leave() {
    if (!this.wanted || this.wanted === this.left) return;
    this.left = this.wanted;
    this.put(this.wanted).catch(() => {});
  }

  put({ layout, sequence }) {
    return fetch(this.url, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify({ layout, version: this.version, editor: this.editor, sequence }),
    });
  }

  // What the server has now, if that is newer and nothing of ours waits.
  async look() {
    if (this.pending) return;
    const answer = await fetch(this.url).catch(() => null);
    if (!answer?.ok || this.pending) return;
    const found = await answer.json();
    if (found.version <= this.version) return;
    this.version = found.version;
    this.says("conflict", found);
  }
}
