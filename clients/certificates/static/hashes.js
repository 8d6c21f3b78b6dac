// SHA-1 and SHA-256 (FIPS 180-4) that answer at once. PKCS#12's own key derivation hashes one block hundreds of thousands of times in a
// row; WebCrypto's digest, which answers later, would need seconds for each ten thousand.

const PRIMES = [...Array(312).keys()].filter((one) => one > 1 && ![...Array(one).keys()].some((by) => by > 1 && one % by === 0));
const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) | 0;
const ROUNDS = Int32Array.from(PRIMES.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const START_256 = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const START_1 = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const right = (word, by) => (word >>> by) | (word << (32 - by));

export const sha256 = (bytes) => hashed(bytes, START_256, block256);
export const sha1 = (bytes) => hashed(bytes, START_1, block1);

function hashed(bytes, start, block) {
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const state = start.slice();
  for (let at = 0; at < padded.length; at += 64) block(state, view, at);
  const result = new DataView(new ArrayBuffer(state.length * 4));
  state.forEach((word, index) => result.setInt32(index * 4, word));
  return new Uint8Array(result.buffer);
}

const WORDS = new Int32Array(80);

function block256(state, view, at) {
  for (let index = 0; index < 16; index++) WORDS[index] = view.getInt32(at + index * 4);
  for (let index = 16; index < 64; index++) {
    const early = WORDS[index - 15];
    const late = WORDS[index - 2];
    const mixed = right(early, 7) ^ right(early, 18) ^ (early >>> 3);
    WORDS[index] = WORDS[index - 16] + mixed + WORDS[index - 7] + (right(late, 17) ^ right(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let index = 0; index < 64; index++) {
    const one = h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[index] + WORDS[index];
    const two = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function block1(state, view, at) {
  for (let index = 0; index < 16; index++) WORDS[index] = view.getInt32(at + index * 4);
  for (let index = 16; index < 80; index++)
    WORDS[index] = right(WORDS[index - 3] ^ WORDS[index - 8] ^ WORDS[index - 14] ^ WORDS[index - 16], 31);
  let [a, b, c, d, e] = state;
  for (let index = 0; index < 80; index++) {
    let mixed = b ^ c ^ d;
    if (index < 20) mixed = (b & c) | (~b & d);
    else if (index >= 40 && index < 60) mixed = (b & c) | (b & d) | (c & d);
    const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][Math.floor(index / 20)];
    const next = (right(a, 27) + mixed + e + constant + WORDS[index]) | 0;
    e = d;
    d = c;
    c = right(b, 2);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}
