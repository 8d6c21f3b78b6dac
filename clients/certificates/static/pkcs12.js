// Makes and opens key files (PKCS#12, RFC 7292): one key, its certificate, and those above it.
//
// New files: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256, and HMAC-SHA-256 over it all. Whoever guesses passwords tries the door that costs
// less, so both have as many rounds. Files for old systems: triple DES and SHA-1, as everything knows them that ever read such a file.

import { context, fromBase64, integer, join, MalformedError, nothing, number, octets, oid, oidText, read, sequence, set, tlv, utf16 } from "./der.js";
import { sha1, sha256 } from "./hashes.js";
import { decrypt, derived, encrypt, UnknownMethodError, WrongPasswordError } from "./pbe.js";

export { MalformedError, UnknownMethodError, WrongPasswordError };

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";
const X509 = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY = "1.2.840.113549.1.9.21";
const HASHES = { "1.3.14.3.2.26": "SHA-1", "2.16.840.1.101.3.4.2.1": "SHA-256" };
const DIRECT = { "SHA-1": [sha1, 20], "SHA-256": [sha256, 32] };
const NEW = { iterations: 250_000, macIterations: 250_000, hash: "2.16.840.1.101.3.4.2.1", old: false };
const OLD = { iterations: 2048, macIterations: 2048, hash: "1.3.14.3.2.26", old: true };

// `key` is a private CryptoKey, `chain` certificates as DER, its own first. Returns the file's bytes.
export async function makeFile(key, chain, password, name, { old = false } = {}) {
  const how = old ? OLD : NEW;
  const localKey = sha1(chain[0]);
  const attributes = set(
    sequence(oid(FRIENDLY_NAME), set(tlv(0x1e, utf16(name)))),
    sequence(oid(LOCAL_KEY), set(octets(localKey))),
  );
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  const [keyMethod, keyContent] = await encrypt(password, pkcs8, how);
  const keys = sequence(sequence(oid(`${BAG}2`), context(0, sequence(keyMethod, octets(keyContent))), attributes));
  const bag = (der, own) =>
    sequence(oid(`${BAG}3`), context(0, sequence(oid(X509), context(0, octets(der)))), own ? attributes : []);
  const bags = sequence(...chain.map((der, at) => bag(der, at === 0)));
  const [method, content] = await encrypt(password, bags, how);
  const hidden = sequence(integer(0), sequence(oid(DATA), method, tlv(0x80, content)));
  const safe = sequence(
    sequence(oid(DATA), context(0, octets(keys))),
    sequence(oid(ENCRYPTED_DATA), context(0, hidden)),
  );
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const mac = await macOf(HASHES[how.hash], password, salt, how.macIterations, safe);
  const digestInfo = sequence(sequence(oid(how.hash), nothing), octets(mac));
  return sequence(
    integer(3),
    sequence(oid(DATA), context(0, octets(safe))),
    sequence(digestInfo, octets(salt), integer(how.macIterations)),
  );
}

// Returns {pkcs8, certificates, name}. Raises WrongPasswordError, UnknownMethodError, MalformedError.
export async function openFile(bytes, password) {
  try {
    return await opened(bytes, password);
  } catch (error) {
    // A file that has other fields than expected, at whatever place.
    throw error instanceof TypeError ? new MalformedError(error.message) : error;
  }
}

async function opened(bytes, password) {
  const [version, content, mac] = read(bytes).parts;
  if (number(version) !== 3 || oidText(content.parts[0]) !== DATA) throw new MalformedError("it is no PKCS#12 file");
  const safe = content.parts[1].parts[0].value;
  if (mac) await check(mac, password, safe);
  const found = { pkcs8: undefined, certificates: [], name: "" };
  for (const part of read(safe).parts) {
    const [kind, wrapped] = part.parts;
    await collect(read(oidText(kind) === DATA ? wrapped.parts[0].value : await shown(wrapped, password)), password, found);
  }
  if (!found.pkcs8 || !found.certificates.length) throw new MalformedError("it has no key or no certificate");
  return found;
}

async function check(mac, password, safe) {
  const [info, salt, iterations] = mac.parts;
  const hash = HASHES[oidText(info.parts[0].parts[0])];
  if (!hash) throw new UnknownMethodError("MAC");
  const expected = await macOf(hash, password, salt.value, iterations ? number(iterations) : 1, safe);
  if (!same(expected, info.parts[1].value)) throw new WrongPasswordError();
}

async function macOf(hash, password, salt, iterations, content) {
  const [direct, size] = DIRECT[hash];
  const raw = derived(direct, password, salt, iterations, 3, size);
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
}

async function shown(wrapped, password) {
  const [, method, content] = wrapped.parts[0].parts[1].parts;
  return decrypt(password, method, content.parts ? join(content.parts.map((part) => part.value)) : content.value);
}

async function collect(safeContents, password, found) {
  for (const { parts } of safeContents.parts) {
    const [kind, wrapped, attributes] = parts;
    const value = wrapped.parts[0];
    const type = oidText(kind).slice(BAG.length);
    if (type === "1") found.pkcs8 = value.raw;
    if (type === "2") found.pkcs8 = await decrypt(password, value.parts[0], value.parts[1].value);
    if (type === "3") found.certificates.push(value.parts[1].parts[0].value);
    for (const { parts: [name, values] } of attributes?.parts ?? [])
      if (oidText(name) === FRIENDLY_NAME) found.name ||= String.fromCharCode(...pairs(values.parts[0].value));
  }
}

const pairs = (bytes) => Array.from({ length: bytes.length / 2 }, (_, at) => bytes[at * 2] * 256 + bytes[at * 2 + 1]);
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
export const chainOf = (text) => text.trim().split(/\s+/).map(fromBase64);
