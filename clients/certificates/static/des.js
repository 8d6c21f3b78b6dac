// Triple DES in CBC mode (FIPS 46-3, PKCS#7 padding): for files that old systems open, which know nothing else, and for reading theirs.
// WebCrypto has none. Nothing new should be protected by it: its blocks are small, and the key derivation around it is weak.

const INITIAL = [58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
  57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7];
const FINAL = INITIAL.reduce((reverse, from, to) => ((reverse[from - 1] = to + 1), reverse), Array(64));
const EXPANSION = [...Array(8).keys()].flatMap((group) => [...Array(6).keys()].map((bit) => ((group * 4 + bit + 31) % 32) + 1));
const PERMUTATION = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25];
const CHOICE_1 = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
  63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4];
const CHOICE_2 = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
  41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32];
const TURNS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
const BOXES = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
].map((box) => [...box].map((digit) => parseInt(digit, 16)));

const pick = (bits, places) => places.map((place) => bits[place - 1]);
const bitsOf = (bytes) => [...bytes].flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((by) => (byte >> by) & 1));
const bytesOf = (bits) => Uint8Array.from({ length: bits.length / 8 }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));

function subkeys(key) {
  let bits = pick(bitsOf(key), CHOICE_1);
  return TURNS.map((by) => {
    const turn = (half) => [...half.slice(by), ...half.slice(0, by)];
    bits = [...turn(bits.slice(0, 28)), ...turn(bits.slice(28))];
    return pick(bits, CHOICE_2);
  });
}

function round(half, subkey) {
  const mixed = EXPANSION.map((place, at) => half[place - 1] ^ subkey[at]);
  const chosen = BOXES.flatMap((box, at) => {
    const [a, b, c, d, e, f] = mixed.slice(at * 6, at * 6 + 6);
    const digit = box[(a * 2 + f) * 16 + b * 8 + c * 4 + d * 2 + e];
    return [8, 4, 2, 1].map((weight) => (digit & weight ? 1 : 0));
  });
  return pick(chosen, PERMUTATION);
}

function des(bits, keys) {
  bits = pick(bits, INITIAL);
  let [one, other] = [bits.slice(0, 32), bits.slice(32)];
  for (const key of keys) [one, other] = [other, round(other, key).map((bit, at) => bit ^ one[at])];
  return pick([...other, ...one], FINAL);
}

const schedule = (key) => [0, 8, 16].map((at) => subkeys(key.slice(at, at + 8)));

export function desEncrypt(key, iv, content) {
  const [first, second, third] = schedule(key);
  const steps = [first, second.toReversed(), third];
  const padding = 8 - (content.length % 8);
  const padded = new Uint8Array(content.length + padding).fill(padding);
  padded.set(content);
  let before = iv;
  for (let at = 0; at < padded.length; at += 8) {
    const block = padded.slice(at, at + 8).map((byte, index) => byte ^ before[index]);
    before = bytesOf(steps.reduce(des, bitsOf(block)));
    padded.set(before, at);
  }
  return padded;
}

// Returns undefined when the padding shows that the key was another.
export function desDecrypt(key, iv, content) {
  const [first, second, third] = schedule(key).map((keys) => keys.toReversed());
  const steps = [third, second.toReversed(), first];
  const plain = new Uint8Array(content.length);
  if (!content.length || content.length % 8) return undefined;
  for (let at = 0, before = iv; at < content.length; at += 8) {
    const block = content.slice(at, at + 8);
    plain.set(bytesOf(steps.reduce(des, bitsOf(block))).map((byte, index) => byte ^ before[index]), at);
    before = block;
  }
  const padding = plain.at(-1);
  const isRight = padding >= 1 && padding <= 8 && plain.slice(-padding).every((byte) => byte === padding);
  return isRight ? plain.slice(0, -padding) : undefined;
}
