// Writes and reads ASN.1 as DER (X.690), as far as certificates, requests and key files need it. Reading takes BER's indefinite lengths
// and strings in pieces too: Apple's and Windows' files have them.

export const join = (...parts) => {
  const flat = parts.flat(Infinity).filter((part) => part instanceof Uint8Array);
  const joined = new Uint8Array(flat.reduce((length, part) => length + part.length, 0));
  flat.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
  return joined;
};

export const tlv = (tag, ...content) => {
  const value = join(content);
  const octets = [];
  for (let rest = value.length; rest; rest >>>= 8) octets.unshift(rest & 255);
  const length = value.length < 128 ? [value.length] : [0x80 | octets.length, ...octets];
  return join(Uint8Array.of(tag, ...length), value);
};

export const sequence = (...content) => tlv(0x30, ...content);
export const set = (...content) => tlv(0x31, ...content);
export const octets = (content) => tlv(0x04, content);
export const context = (number, ...content) => tlv(0xa0 | number, ...content);
export const nothing = tlv(0x05);
export const utf8 = (text) => tlv(0x0c, new TextEncoder().encode(text));

// A whole number, unsigned, from a small number or from big-endian bytes.
export const integer = (value) => {
  const bytes = value instanceof Uint8Array ? [...value] : [];
  if (typeof value === "number") {
    do bytes.unshift(value & 255);
    while ((value = Math.floor(value / 256)));
  }
  while (bytes.length > 1 && !bytes[0]) bytes.shift();
  if (bytes[0] & 128) bytes.unshift(0);
  return tlv(0x02, Uint8Array.from(bytes));
};

export const oid = (text) => {
  const [first, second, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 127];
    for (let left = arc >>> 7; left; left >>>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return tlv(0x06, Uint8Array.from(bytes));
};

// UTF-16, big-endian: what PKCS#12 calls BMPString.
export const utf16 = (text) =>
  Uint8Array.from([...Array(text.length).keys()].flatMap((at) => [text.charCodeAt(at) >> 8, text.charCodeAt(at) & 255]));

export class MalformedError extends Error {}

// Returns {tag, value, raw, parts}; `parts` are there when it holds others.
export function read(bytes) {
  const [node, end] = readAt(bytes, 0, 0);
  if (end !== bytes.length) throw new MalformedError("something follows");
  return node;
}

function readAt(bytes, at, depth) {
  const start = at;
  if (depth > 40 || at + 2 > bytes.length) throw new MalformedError("it ends early");
  const tag = bytes[at++];
  let length = bytes[at++];
  if (length === 0x80) return readIndefinite(bytes, start, at, tag, depth);
  if (length & 128) {
    const count = length & 127;
    if (count > 4) throw new MalformedError("it is too long");
    length = 0;
    for (let octet = 0; octet < count; octet++) length = length * 256 + bytes[at++];
  }
  const end = at + length;
  if (!(end <= bytes.length)) throw new MalformedError("it ends early");
  const node = { tag, value: bytes.subarray(at, end), raw: bytes.subarray(start, end) };
  if (tag & 0x20) {
    node.parts = [];
    while (at < end) {
      const [part, next] = readAt(bytes.subarray(0, end), at, depth + 1);
      node.parts.push(part);
      at = next;
    }
  }
  return [whole(node), end];
}

function readIndefinite(bytes, start, at, tag, depth) {
  const parts = [];
  for (;;) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) break;
    const [part, next] = readAt(bytes, at, depth + 1);
    parts.push(part);
    at = next;
  }
  const node = { tag, parts, value: join(parts.map((part) => part.raw)), raw: bytes.subarray(start, at + 2) };
  return [whole(node), at + 2];
}

// A string in pieces is one string.
function whole(node) {
  if (node.tag !== 0x24) return node;
  return { tag: 0x04, value: join(node.parts.map((part) => part.value)), raw: node.raw };
}

export function oidText({ value }) {
  const arcs = [Math.min(2, Math.floor(value[0] / 40)), value[0] - 40 * Math.min(2, Math.floor(value[0] / 40))];
  let arc = 0;
  for (const byte of value.subarray(1)) {
    arc = arc * 128 + (byte & 127);
    if (!(byte & 128)) {
      arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join(".");
}

export const number = ({ value }) => value.reduce((sum, byte) => sum * 256 + byte, 0);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
export const pem = (label, bytes) =>
  `-----BEGIN ${label}-----\n${toBase64(bytes).match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`;
