// Keeps keys in this browser's IndexedDB until their certificate is backed up.
//
// A key that WebCrypto makes can't be used for TLS by the browser itself: only the store of the system or of the browser can do that, and
// the way into it is a password-protected file. So the key must be able to leave once, and is kept extractable. (A key that can't leave would
// be safer and of no use; one that is wrapped with a passphrase would ask for a passphrase weeks before anybody knows what it is for.) Until
// then it lies only here, within this site and this browser, never on a server; pages of this site run no script but their own. It is
// deleted once the back-up was made and tested, and what nobody needs any more is swept away.

const NAME = "certificates";
const STORE = "keys";
const NEW_MS = 60 * 60 * 1000;

// Resolves to the entry {fingerprint, keys, owner, madeAt}, or undefined.
export const find = (fingerprint) => run("readonly", (store) => store.get(fingerprint));
export const keep = (entry) => run("readwrite", (store) => store.put({ ...entry, madeAt: Date.now() }));
export const forget = (fingerprint) => run("readwrite", (store) => store.delete(fingerprint));

// Deletes what `owner` has no use for: keys of requests that came to nothing. Those of the last hour may be on their way.
export async function sweep(owner, wanted) {
  for (const entry of await run("readonly", (store) => store.getAll())) {
    const isOld = Date.now() - entry.madeAt > NEW_MS;
    if (entry.owner === owner && isOld && !wanted.includes(entry.fingerprint)) await forget(entry.fingerprint);
  }
}

async function run(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      // Not before it is on the disk: what follows sends the key's request away.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "fingerprint" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
