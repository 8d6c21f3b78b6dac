// Password-based encryption for key files: PBES2 (RFC 8018), and PKCS#12's own key derivation (RFC 7292 appendix B) for its MAC.

import { join, nothing, number, octets, oid, oidText, integer, sequence, utf16, MalformedError } from "./der.js";
import { desDecrypt, desEncrypt } from "./des.js";
import { sha1, sha256 } from "./hashes.js";

export class UnknownMethodError extends Error {}
export class WrongPasswordError extends Error {}

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const TRIPLE_DES = "1.2.840.113549.1.12.1.3";
const PRF = { "1.2.840.113549.2.7": "SHA-1", "1.2.840.113549.2.9": "SHA-256", "1.2.840.113549.2.10": "SHA-384", "1.2.840.113549.2.11": "SHA-512" };
const AES = { "2.16.840.1.101.3.4.1.2": 128, "2.16.840.1.101.3.4.1.22": 192, "2.16.840.1.101.3.4.1.42": 256 };
const MOST = 10_000_000;

// Returns [algorithm, encrypted]: how, as DER, and the bytes.
export async function encrypt(password, content, { iterations, old }) {
  return old ? encryptOld(password, content, iterations) : encryptNew(password, content, iterations);
}

async function encryptNew(password, content, iterations) {
  const [salt, iv] = [16, 16].map((size) => crypto.getRandomValues(new Uint8Array(size)));
  const key = await aesKey(password, salt, iterations, "SHA-256", 256, "encrypt");
  const derivation = sequence(oid(PBKDF2), sequence(octets(salt), integer(iterations), sequence(oid("1.2.840.113549.2.9"), nothing)));
  const cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(iv));
  const encrypted = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, content);
  return [sequence(oid(PBES2), sequence(derivation, cipher)), new Uint8Array(encrypted)];
}

function encryptOld(password, content, iterations) {
  const salt = crypto.getRandomValues(new Uint8Array(8));
  const [key, iv] = tripleDes(password, salt, iterations);
  return [sequence(oid(TRIPLE_DES), sequence(octets(salt), integer(iterations))), desEncrypt(key, iv, content)];
}

// The reverse; raises WrongPasswordError, UnknownMethodError.
export async function decrypt(password, algorithm, content) {
  const [name, parameters] = algorithm.parts;
  if (oidText(name) === TRIPLE_DES) {
    const [salt, iterations] = parameters.parts;
    return desDecrypt(...tripleDes(password, salt.value, limited(number(iterations))), content) ?? fail();
  }
  if (oidText(name) !== PBES2) throw new UnknownMethodError(oidText(name));
  const [derivation, cipher] = parameters.parts;
  const [salt, iterations, ...rest] = derivation.parts[1].parts;
  const prf = rest.find((part) => part.tag === 0x30);
  const hash = prf ? PRF[oidText(prf.parts[0])] : "SHA-1";
  const bits = AES[oidText(cipher.parts[0])];
  if (oidText(derivation.parts[0]) !== PBKDF2 || !hash || !bits) throw new UnknownMethodError("PBES2");
  const key = await aesKey(password, salt.value, limited(number(iterations)), hash, bits, "decrypt");
  return crypto.subtle.decrypt({ name: "AES-CBC", iv: cipher.parts[1].value }, key, content).then((plain) => new Uint8Array(plain), fail);
}

async function aesKey(password, salt, iterations, hash, length, use) {
  const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", salt, iterations, hash }, raw, { name: "AES-CBC", length }, false, [use]);
}

const tripleDes = (password, salt, iterations) =>
  [[1, 24], [2, 8]].map(([purpose, size]) => derived(sha1, password, salt, iterations, purpose, size));

// `purpose` is 1 for a key, 2 for an initialization vector, 3 for a MAC key.
export function derived(hash, password, salt, iterations, purpose, size) {
  const filled = (bytes) => Uint8Array.from({ length: 64 * Math.ceil(bytes.length / 64) }, (_, at) => bytes[at % bytes.length]);
  const input = join(filled(salt), filled(join(utf16(password), Uint8Array.of(0, 0))));
  const diversifier = new Uint8Array(64).fill(purpose);
  const made = [];
  for (let length = 0; length < size; ) {
    let block = hash(join(diversifier, input));
    for (let round = 1; round < limited(iterations); round++) block = hash(block);
    made.push(block);
    length += block.length;
    add(input, filled(block).subarray(0, 64));
  }
  return join(made).slice(0, size);
}

// Each 64 bytes of `input` plus `block` plus one, as numbers.
function add(input, block) {
  for (let start = 0; start < input.length; start += 64)
    for (let at = 63, carry = 1; at >= 0; at--) {
      carry += input[start + at] + block[at];
      input[start + at] = carry & 255;
      carry >>= 8;
    }
}

function limited(iterations) {
  if (!(iterations >= 1 && iterations <= MOST)) throw new MalformedError("so many rounds are an attack");
  return iterations;
}

function fail() {
  throw new WrongPasswordError();
}
