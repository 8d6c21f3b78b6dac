"""When keys come and go. Every change happens under the store's lock and looks again first, so two processes never do it twice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from keys.ring import ALGORITHMS, Algorithm, Key, KeyRing, generate
from keys.store import KeyStore


def ensure(store: KeyStore, now: int, algorithms: Sequence[Algorithm] = ALGORITHMS) -> KeyRing:
    """Make the first key of each algorithm that has none; they sign at once, as nobody can have an older JWKS."""
    if not _missing(store.load(), algorithms):
        return store.load()
    with store.changing() as ring:
        new = [generate(alg, published_at=now, active_from=now) for alg in _missing(ring, algorithms)]
        return store.replace([*ring.keys, *new]) if new else ring


def due(ring: KeyRing, now: int, *, every: int, publish_ahead: int) -> bool:
    """Tell whether a successor should be published now, so that it signs when a key has served `every` seconds."""
    newest = [key for alg in ALGORITHMS if (key := ring.newest(alg))]
    return any(key.active_from + every - publish_ahead <= now for key in newest)


def rotate(store: KeyStore, now: int, *, publish_ahead: int, keep_after: int) -> KeyRing:
    """Publish a successor of each key; it signs `publish_ahead` seconds later, when whoever caches the JWKS has it.

    The old public keys stay for `keep_after` seconds more: as long as the longest-lived token that they signed. A successor that waits
    already is the one, and is brought forward if it would sign later. Where another process rotated meanwhile, nothing is done.
    """
    before = store.read()
    with store.changing() as ring:
        if ring.version != before.version:
            return ring
        switch = now + publish_ahead
        kept, new = [], []
        for key in ring.keys:
            newest = ring.newest(key.alg)
            if newest is not key:
                # Its successor waits, or it was replaced long ago: then its end is set, and isn't put off.
                ends_early = newest is not None and newest.active_from > switch and key.signs(now)
                kept.append(_ending(key, switch, keep_after) if ends_early else key)
            elif key.active_from <= now:
                new.append(generate(key.alg, published_at=now, active_from=switch))
                kept.append(_ending(key, switch, keep_after))
            else:
                kept.append(replace(key, active_from=min(key.active_from, switch)))
        changed = [*kept, *new]
        return store.replace(_unexpired(changed, now)) if changed != list(ring.keys) else ring


def retire(store: KeyStore, kid: str, now: int, *, keep_after: int = 0) -> KeyRing:
    """End a key's service at once; with `keep_after` 0, for a key that was stolen, its tokens stop verifying too.

    Another key signs from now on, if need be one that only waited or a new one. Raises KeyError when there is no such key.
    """
    with store.changing() as ring:
        key = ring.verifying_key(kid)
        if key is None:
            raise KeyError(kid)
        keys = [_ending(key, now, keep_after) if other is key else other for other in ring.keys]
        of_this = [other for other in keys if other.alg == key.alg]
        heir = KeyRing(keys).newest(key.alg)
        if heir is None:
            keys.append(generate(key.alg, published_at=now, active_from=now))
        elif not any(other.signs(now) for other in of_this):
            keys = [replace(other, active_from=now) if other is heir else other for other in keys]
        return store.replace(_unexpired(keys, now))


def tidy(store: KeyStore, now: int) -> KeyRing:
    """Take out the keys whose last token has expired."""
    ring = store.load()
    if len(_unexpired(ring.keys, now)) == len(ring.keys):
        return ring
    with store.changing() as ring:
        return store.replace(_unexpired(ring.keys, now))


def maintain(store: KeyStore, now: int, *, every: int, publish_ahead: int, keep_after: int) -> KeyRing:
    """Do what is due; to be called every few minutes by any number of processes."""
    ring = tidy(store, now)
    if due(ring, now, every=every, publish_ahead=publish_ahead):
        return rotate(store, now, publish_ahead=publish_ahead, keep_after=keep_after)
    return ring


def _missing(ring: KeyRing, algorithms: Sequence[Algorithm]) -> list[Algorithm]:
    return [alg for alg in algorithms if ring.newest(alg) is None]


def _ending(key: Key, retired_at: int, keep_after: int) -> Key:
    """Return `key` with its end; a moment that was set before isn't put off."""
    if key.retired_at is not None:
        retired_at = min(retired_at, key.retired_at)
    return replace(key, retired_at=retired_at, removed_at=retired_at + keep_after)


def _unexpired(keys: Iterable[Key], now: int) -> list[Key]:
    return [key for key in keys if key.removed_at is None or now < key.removed_at]
