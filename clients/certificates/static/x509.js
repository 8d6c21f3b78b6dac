// Reads of a certificate (RFC 5280) what people want to know, and whether a key is its own. Whether it is to be trusted isn't decided here.

import { hex, oidText, read } from "./der.js";

const COMMON_NAME = "2.5.4.3";
const CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };
const EC = "1.2.840.10045.2.1";
const RSA = "1.2.840.113549.1.1.1";

// Returns {serial, name, begins, ends, spki}: serial as lower-case hexadecimal, times as Date, spki as DER.
export function readCertificate(der) {
  const fields = read(der).parts[0].parts;
  const [serial, , , validity, subject, spki] = fields[0].tag === 0xa0 ? fields.slice(1) : fields;
  const [begins, ends] = validity.parts.map(time);
  return { serial: hex(serial.value).replace(/^0+/, ""), name: commonName(subject), begins, ends, spki: spki.raw };
}

function commonName(subject) {
  for (const { parts } of subject.parts)
    for (const { parts: [type, value] } of parts)
      if (oidText(type) === COMMON_NAME) return new TextDecoder().decode(value.value);
  return "";
}

function time({ tag, value }) {
  const text = new TextDecoder().decode(value);
  const full = tag === 0x17 ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text : text;
  const [, year, month, day, hour, minute, second] = full.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

// Says whether what that key signs is verified by that certificate's public key.
export async function belongTogether(pkcs8, spki) {
  const [kind, curve] = read(spki).parts[0].parts;
  const algorithm =
    oidText(kind) === EC ? { name: "ECDSA", namedCurve: CURVES[oidText(curve)] }
    : oidText(kind) === RSA ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
    : undefined;
  const use = { name: algorithm.name, hash: "SHA-256" };
  try {
    const own = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    const open = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
    const probe = crypto.getRandomValues(new Uint8Array(32));
    return await crypto.subtle.verify(use, open, await crypto.subtle.sign(use, own, probe), probe);
  } catch {
    // Of another kind than the certificate's.
    return false;
  }
}
