// What this browser keeps as a registered device, and how it speaks for itself: a key pair for each registration, whose private half
// can't be taken out (not even by this script), and messages signed with it. Pages and the service worker share it, so it is no module.
"use strict";

self.device = (() => {
  const bytes = (text) => new TextEncoder().encode(text);
  const base64url = (data) =>
    btoa(String.fromCharCode(...new Uint8Array(data))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // ── Storage: registrations by their key's name, and texts in the language that this device last read ──
  const opened = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open("approvals", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("devices", { keyPath: "kid" });
        request.result.createObjectStore("settings");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const stored = async (store, mode, work) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(store, mode);
        const request = work(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  const all = () => stored("devices", "readonly", (store) => store.getAll());
  const keep = (one) => stored("devices", "readwrite", (store) => store.put(one));
  const forget = (kid) => stored("devices", "readwrite", (store) => store.delete(kid));
  const setting = (name) => stored("settings", "readonly", (store) => store.get(name));
  const set = (name, value) => stored("settings", "readwrite", (store) => store.put(value, name));

  // ── Key and messages ──
  const CURVE = { name: "ECDSA", namedCurve: "P-256" };

  async function made(issuer) {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
    const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    // RFC 7638: the members that count, in this order.
    const kid = base64url(await crypto.subtle.digest("SHA-256", bytes(JSON.stringify({ crv, kty, x, y }))));
    return { kid, issuer, privateKey, jwk: { crv, kty, x, y }, pending: true, endpoint: null };
  }

  let clockIsOff = 0; // seconds that the server's clock is ahead

  async function signed(one, act, claims) {
    const iat = Math.round(Date.now() / 1000) + clockIsOff;
    const header = { alg: "ES256", typ: "device+jws", kid: one.kid };
    const parts = [header, { ...claims, iss: one.issuer, act, iat }];
    const text = parts.map((part) => base64url(bytes(JSON.stringify(part)))).join(".");
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, one.privateKey, bytes(text));
    return `${text}.${base64url(signature)}`;
  }

  // Returns the answer's members with its `status`; status 0 is no answer at all.
  async function send(one, act, claims = {}, address = `/approvals/api/${act}`, mayCorrect = true) {
    const options = {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ message: await signed(one, act, claims) }),
    };
    let answer;
    try {
      const response = await fetch(address, options);
      answer = { ...(await response.json().catch(() => ({}))), status: response.status };
    } catch {
      return { status: 0 };
    }
    if (answer.problem === "clock" && mayCorrect) {
      clockIsOff = answer.now - Math.round(Date.now() / 1000);
      return send(one, act, claims, address, false);
    }
    return answer;
  }

  // ── Push ──
  // Returns a subscription for the server's present key, or null. `anew` gives the old one up: the push service no longer knows it.
  async function subscribed(registration, vapid, anew = false) {
    if (!registration.pushManager) return null;
    try {
      const known = await registration.pushManager.getSubscription();
      const fits = known && base64url(known.options.applicationServerKey ?? []) === vapid;
      if (known && fits && !anew) return known;
      await known?.unsubscribe();
      return await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: vapid });
    } catch {
      return null;
    }
  }

  async function tellSubscription(one, subscription) {
    const answer = await send(one, "subscription", { subscription: subscription?.toJSON() ?? null });
    if (answer.status === 200) await keep({ ...one, endpoint: subscription?.endpoint ?? null });
    return answer;
  }

  return { all, keep, forget, setting, set, made, send, subscribed, tellSubscription };
})();
