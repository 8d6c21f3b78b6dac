"""What somebody typed when their sign-in wasn't enough any more: put aside while they are at the provider, given back after.

The guard asks when a page is opened, so this is for what happens between opening and sending: the session ended, or the proof got too
old. It is kept encrypted, for that person in that browser, and as long as an unfinished sign-in; nothing is sent by itself
afterwards: the person sees the form as it was and presses the button again.
"""

import json
from urllib.parse import parse_qsl, urlencode

from flask import Request
from werkzeug.datastructures import MultiDict

from clients.sso import browser_secret, store
from clients.sso.crypto import Box, digest, new_secret
from clients.sso.models import KeptForm

PARAMETER = "kept"
_NOT_KEPT = {"csrf_token"}


def keep(request: Request, *, sub: str, box: Box, now: int, expires_at: int) -> str:
    """Put the posted fields aside; return the address at which the person finds them again, a path of this service."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    if not fields:
        return request.path
    form_id = new_secret()
    kept = KeptForm(
        id_hash=digest(form_id),
        browser_hash=browser_secret.current(),
        sub=sub,
        path=request.path,
        fields=box.close(json.dumps(fields)),
        expires_at=expires_at,
    )
    store.add_kept_form(kept, now)
    query = [(name, value) for name, value in _query(request) if name != PARAMETER]
    return f"{request.path}?{urlencode([*query, (PARAMETER, form_id)])}"


def find(request: Request, *, sub: str, box: Box, now: int) -> MultiDict[str, str] | None:
    """Return the fields that this person left at this address in this browser. Looking doesn't use them up: pages are reloaded."""
    form_id = request.args.get(PARAMETER, "")
    kept = store.find_kept_form(digest(form_id), browser_secret.find(), now) if form_id else None
    if kept is None or kept.sub != sub or kept.path != request.path:
        return None
    text = box.open(kept.fields)
    return MultiDict([(name, value) for name, value in json.loads(text)]) if text is not None else None


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
