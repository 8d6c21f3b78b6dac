"""What can be done with drafts; the pages and the API both call this and nothing below it."""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from clients.filing import store
from clients.filing.models import Draft

MOST = 200
"""Drafts of one person: a list that is still a list."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what looks or sounds alike."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a person writes; checked by `forms.DraftForm`."""

    kind: str
    title: str
    applicant: str


class NotFoundError(Exception):
    """There is no such draft of this person."""


class ChangedMeanwhileError(Exception):
    """The draft isn't at the version that the person had before them; `now` is what it has become."""

    def __init__(self, now: Draft) -> None:
        super().__init__(now.id)
        self.now = now


class TooManyError(Exception):
    """The person has as many drafts as they can have."""


class SubmissionConflictError(Exception):
    """The same submission has made another draft before, from other content."""


class Drafts:
    """The use cases. `clock` returns seconds since the epoch; `sub` is whose drafts they are."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def list(self, sub: str) -> Sequence[Draft]:
        """Return the person's drafts, the last changed first."""
        return store.list_drafts(sub)

    def get(self, sub: str, draft_id: str) -> Draft:
        """Return one; raises NotFoundError."""
        draft = store.find_draft(sub, draft_id) if draft_id.isprintable() else None
        if draft is None:
            raise NotFoundError
        return draft

    def create(self, sub: str, content: Content, *, submission: str) -> Draft:
        """Return a new draft, or the one that the same submission has made before. Raises TooManyError, SubmissionConflictError."""
        submission = submission or secrets.token_urlsafe(24)
        fingerprint = hashlib.sha256(json.dumps(asdict(content)).encode()).hexdigest()
        while (made := store.find_submission(sub, submission)) is None:
            if store.count_drafts(sub) >= MOST:
                raise TooManyError
            now = self._clock()
            store.add_draft(
                Draft(
                    id=secrets.token_urlsafe(16),
                    sub=sub,
                    reference=_reference(),
                    submission=submission,
                    fingerprint=fingerprint,
                    version=1,
                    created_at=now,
                    updated_at=now,
                    **asdict(content),
                )
            )
        if made.fingerprint not in {fingerprint, ""}:
            raise SubmissionConflictError
        return made

    def change(self, sub: str, draft_id: str, content: Content, *, version: int | None) -> Draft:
        """Return the changed draft; `version` None changes whichever there is. Saving the same thing twice is saving it once.

        Raises NotFoundError, ChangedMeanwhileError.
        """
        changed = store.change_draft(sub, draft_id, version, asdict(content), now=self._clock())
        draft = self.get(sub, draft_id)
        if not changed and Content(draft.kind, draft.title, draft.applicant) != content:
            raise ChangedMeanwhileError(draft)
        return draft

    def delete(self, sub: str, draft_id: str, *, version: int | None = None) -> None:
        """Delete one for good; raises NotFoundError, ChangedMeanwhileError."""
        if not store.delete_draft(sub, draft_id, version):
            raise ChangedMeanwhileError(self.get(sub, draft_id))


def _reference() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"DR-{text[:4]}-{text[4:]}"
