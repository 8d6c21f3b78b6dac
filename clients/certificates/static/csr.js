// Makes keys with WebCrypto, and proves that the browser has one: a PKCS#10 request (RFC 2986). Whose certificate it will be is known to
// the service, so the request names nobody; only its key counts.

import { context, hex, integer, join, nothing, oid, pem, sequence, tlv } from "./der.js";

const KINDS = {
  "P-256": { name: "ECDSA", namedCurve: "P-256" },
  "RSA-3072": { name: "RSASSA-PKCS1-v1_5", modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" },
};
const SIGNED_BY = {
  ECDSA: () => sequence(oid("1.2.840.10045.4.3.2")),
  "RSASSA-PKCS1-v1_5": () => sequence(oid("1.2.840.113549.1.1.11"), nothing),
};

// Returns {keys, fingerprint, request}: the pair, SHA-256 of the public key in hexadecimal, and the request as PEM.
export async function newKey(kind) {
  // Extractable: see vault.js.
  const keys = await crypto.subtle.generateKey(KINDS[kind] ?? KINDS["P-256"], true, ["sign", "verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  return { keys, fingerprint: await digest(spki), request: await requestFor(keys, spki) };
}

async function requestFor(keys, spki) {
  const { name } = keys.privateKey.algorithm;
  const info = sequence(integer(0), sequence(), spki, context(0));
  let signature = new Uint8Array(await crypto.subtle.sign({ name, hash: "SHA-256" }, keys.privateKey, info));
  if (name === "ECDSA") {
    const half = signature.length / 2;
    signature = sequence(integer(signature.slice(0, half)), integer(signature.slice(half)));
  }
  return pem("CERTIFICATE REQUEST", sequence(info, SIGNED_BY[name](), tlv(0x03, join(Uint8Array.of(0), signature))));
}

export const digest = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
