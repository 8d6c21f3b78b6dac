// Keeps the layout on the server. A change is sent soon, again while there is no connection, and at once when the page is left; until
// it is stored it is in this browser too. Every change has a number and the page a name, so that the server knows what comes twice,
// late, or from somewhere else.

const DEBOUNCE = 400;
const LONGEST_WAIT = 15_000;

const name = () => crypto.randomUUID?.() ?? `page-${Date.now()}-${Math.random().toString(36).slice(2, 12)}`;

export class Saving {
  // `says(state, answer)` hears: saving, saved, offline, conflict, signed_out, refused. `owner` is whose board it is.
  constructor({ url, csrf, version, owner, says }) {
    Object.assign(this, { url, csrf, version, says });
    this.key = `board-${owner}`;
    this.editor = name();
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

  // A change that an earlier page couldn't bring home: under its own name and number, for perhaps it has arrived.
  resume() {
    const kept = this.kept();
    if (!kept) return null;
    this.version = kept.version;
    this.wanted = kept;
    this.send();
    return kept.layout;
  }

  save(layout) {
    this.wanted = { layout, version: this.version, editor: this.editor, sequence: ++this.sequence };
    this.keep(this.wanted);
    this.says("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.wait || DEBOUNCE);
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || !this.wanted) return;
    const sent = this.wanted;
    this.sending = true;
    let answer, found;
    try {
      answer = await this.put(sent);
      if (answer.status >= 500) throw new Error(String(answer.status));
      found = answer.status === 200 || answer.status === 409 ? await answer.json() : null;
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
    if (answer.status === 200) this.version = found.version;
    // Something was changed while this was on its way; if this one was refused, that one may have been faster.
    if (found && this.wanted !== sent) return this.send();
    this.wanted = null;
    if (answer.status === 401) return this.says("signed_out");
    this.keep(null);
    if (answer.status === 200) this.says("saved", { recovered });
    else if (answer.status === 409) {
      this.version = found.version;
      this.says("conflict", found);
    } else this.says("refused");
  }

  // What is on its way goes on by itself (`keepalive`); what isn't yet is sent beside it.
  leave() {
    if (!this.wanted || this.wanted === this.left) return;
    this.left = this.wanted;
    this.put(this.wanted).catch(() => {});
  }

  put({ layout, version, editor, sequence }) {
    return fetch(this.url, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify({ layout, version: Math.max(version, editor === this.editor ? this.version : 0), editor, sequence }),
    });
  }

  keep(change) {
    try {
      if (change) localStorage.setItem(this.key, JSON.stringify(change));
      else localStorage.removeItem(this.key);
    } catch {
      // Nothing can be kept in this browser; the server has it in a moment.
    }
  }

  kept() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return Array.isArray(kept?.layout?.widgets) ? kept : null;
    } catch {
      return null;
    }
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
