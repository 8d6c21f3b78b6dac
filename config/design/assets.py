"""The frame's static files, held in memory and addressed by the hash of all of them.

One hash for the whole folder, as a path segment, so that files may refer to each other relatively and still be cached for good.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, request

_YEAR = 365 * 24 * 3600
_COMPRESSED = {".css", ".js", ".svg"}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".webp": "image/webp"}


class Assets:
    """Files of `folder` plus `made` (name → content), read once at start (about 120 kB)."""

    def __init__(self, folder: Path, made: Mapping[str, bytes]) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        } | dict(made)
        digest = hashlib.sha256()
        for name, content in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:12]
        self._urls = {name: f"/design/{self.version}/{name}" for name in self._files}
        self._gzipped = lru_cache(maxsize=64)(lambda name: gzip.compress(self._files[name], mtime=0))

    def url(self, name: str) -> str:
        """Return the address of a file; raises KeyError for one that isn't there, so that a typing error shows at once."""
        return self._urls[name]

    def respond(self, version: str, name: str) -> Response:
        """Answer a request for a file; an old version gets today's file, uncached, while servers are being replaced."""
        if name not in self._files:
            abort(404)
        suffix = Path(name).suffix
        small = suffix in _COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(
            self._gzipped(name) if small else self._files[name],
            content_type=_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        )
        if small:
            response.headers["Content-Encoding"] = "gzip"
        if suffix in _COMPRESSED:
            response.headers["Vary"] = "Accept-Encoding"
        current = version == self.version
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if current else "no-cache"
        return response
