// Where widgets stand. Pure: lists of places {id, x, y, w, h, collapsed} in, new lists out; the server has the same rules (layout.py).

export const COLUMNS = 12;
export const NARROWEST = 3;
const HIGHEST = 12;
const MOST = 60;

const rows = (place) => (place.collapsed ? 1 : place.h);
const beside = (one, other) => one.x < other.x + other.w && other.x < one.x + one.w;
const abreast = (one, other) => one.y < other.y + rows(other) && other.y < one.y + rows(one);

// Each as high up as there is room; where two want the same place, `first` or else the earlier one has it.
export function settled(places, first = "") {
  const copies = places.map((place) => ({ ...place }));
  const ranked = [...copies].sort((a, b) => a.y - b.y || (b.id === first) - (a.id === first));
  const placed = [];
  for (const place of ranked) {
    place.y = Math.max(0, ...placed.filter((other) => beside(place, other)).map((other) => other.y + rows(other)));
    placed.push(place);
  }
  return copies;
}

export const inReadingOrder = (places) => [...places].sort((a, b) => a.y - b.y || a.x - b.x);

export function added(places, { id, w, h }) {
  if (places.length >= MOST || places.some((place) => place.id === id)) return places;
  for (let y = 0; ; y++) {
    for (let x = 0; x <= COLUMNS - w; x++) {
      const place = { id, x, y, w, h, collapsed: false };
      if (!places.some((other) => beside(place, other) && abreast(place, other))) return settled([...places, place]);
    }
  }
}

export const without = (places, id) => settled(places.filter((place) => place.id !== id));

export const turned = (places, id) =>
  settled(places.map((place) => (place.id === id ? { ...place, collapsed: !place.collapsed } : place)));

// One step on the grid, as it is seen: past the neighbour that stands there, else by a column. Null at an edge.
export function movedOnGrid(places, id, direction) {
  const copies = places.map((place) => ({ ...place }));
  const one = copies.find((place) => place.id === id);
  const others = copies.filter((place) => place !== one);
  if (direction === "up" || direction === "down") {
    const near = others.filter((other) => beside(one, other) && (direction === "up" ? other.y < one.y : other.y > one.y));
    if (!near.length) return null;
    const next = near.reduce((a, b) => ((direction === "up" ? a.y >= b.y : a.y <= b.y) ? a : b));
    if (direction === "up") one.y = next.y;
    else next.y = one.y;
    return inReadingOrder(settled(copies, direction === "up" ? one.id : next.id));
  }
  const step = direction === "start" ? -1 : 1;
  const next = others.find(
    (other) => abreast(one, other) && (step < 0 ? other.x + other.w === one.x : other.x === one.x + one.w),
  );
  if (next) {
    const from = Math.min(one.x, next.x);
    one.x = step < 0 ? from : from + next.w;
    next.x = step < 0 ? from + one.w : from;
  } else if (one.x + step < 0 || one.x + one.w + step > COLUMNS) return null;
  else one.x += step;
  return inReadingOrder(settled(copies, one.id));
}

// One earlier or later in the list; on the grid the two change places. Null at an end.
export function movedInList(places, id, step) {
  const copies = places.map((place) => ({ ...place }));
  const at = copies.findIndex((place) => place.id === id);
  const [one, other] = [copies[at], copies[at + step]];
  if (!one || !other) return null;
  const to = { x: Math.min(other.x, COLUMNS - one.w), y: other.y };
  Object.assign(other, { x: Math.min(one.x, COLUMNS - other.w), y: one.y });
  Object.assign(one, to);
  [copies[at], copies[at + step]] = [other, one];
  return settled(copies);
}

// Null when it is as large or small as it gets.
export function resized(places, id, how) {
  const copies = places.map((place) => ({ ...place }));
  const one = copies.find((place) => place.id === id);
  const before = `${one.x} ${one.w} ${one.h}`;
  if (how === "wider" && one.w < COLUMNS) {
    one.w += 1;
    one.x = Math.min(one.x, COLUMNS - one.w);
  }
  if (how === "narrower") one.w = Math.max(Math.min(NARROWEST, one.w), one.w - 1);
  if (how === "taller" && !one.collapsed) one.h = Math.min(HIGHEST, one.h + 1);
  if (how === "shorter" && !one.collapsed) one.h = Math.max(1, one.h - 1);
  return before === `${one.x} ${one.w} ${one.h}` ? null : inReadingOrder(settled(copies, id));
}
