"""What can be done with documents: people find and open those of their offices; finance officers store, check, open and delete."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import BinaryIO

from flask_babel import gettext as _

from clients.pairing import batches, library, listing, pdf, store, trail
from clients.pairing.batches import Line
from clients.pairing.library import Held, New, facts
from clients.pairing.listing import Entry, Mistake
from clients.pairing.models import Document
from clients.pairing.service import NotFoundError
from clients.pairing.store import transaction
from clients.pairing.trail import Who

BATCH_SECONDS = 3600
_BATCH_ID = 22
LARGEST_BATCH = 128 * 1024 * 1024
"""Bytes of all files of a batch."""


class ThereAlreadyError(Exception):
    """This very file is stored for this period."""


class Papers:
    """The use cases of documents. `clock` returns seconds since the epoch."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def today(self) -> date:
        """Return the date, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def find(self, sub: str, kind: str, document_type: str = "", year: int = 0, month: int = 0) -> Sequence[Held]:
        """Return a person's documents; empty values mean all."""
        return library.documents_of(sub, kind, document_type=document_type, year=year, month=month)

    def years(self, sub: str, kind: str) -> Sequence[int]:
        """Return the years that a person has documents of, the newest first."""
        return library.years_of(sub, kind)

    def open(self, document_id: str, sub: str | None) -> tuple[Document, bytes]:
        """Return a document and its content, for a person paired with its office, or for an officer (None); raises NotFoundError."""
        found = library.open_document(document_id, sub) if document_id.isprintable() else None
        if found is None:
            raise NotFoundError
        return found

    def of_office(self, office_id: str) -> Sequence[Document]:
        """Return the documents of an office, the last stored first."""
        return library.documents_in(office_id)

    def get(self, document_id: str) -> Held:
        """Return any document; raises NotFoundError."""
        found = library.find_document(document_id) if document_id.isprintable() else None
        if found is None:
            raise NotFoundError
        return found

    def add(self, who: Who, new: New) -> bool:
        """Store one document; False when it was, under this title, by the first of two clicks. Raises ThereAlreadyError when under another."""
        with transaction():
            added = bool(library.add_document(new, self._clock()))
            if added:
                self._note(who, "add document", new)
        if not added and not library.is_there(new, titled=True):
            raise ThereAlreadyError
        return added

    def delete(self, who: Who, document_id: str) -> None:
        """Delete one for good; raises NotFoundError."""
        document, office = self.get(document_id)
        kind, customer_id, title = office.kind, office.customer_id, document.title
        with transaction():
            if not library.delete_document(document_id):
                raise NotFoundError
            now = self._clock()
            trail.record(who, "delete document", "done", at=now, kind=kind, customer_id=customer_id, detail=title)

    def check(self, who: Who, content: bytes, files: Sequence[tuple[str, BinaryIO]]) -> tuple[str, list[Mistake]]:
        """Check a CSV with its files; return the name of the batch that waits to be stored, or what is wrong. Nothing is stored yet."""
        entries, mistakes = listing.parse(content, self.today())
        named: dict[str, list[BinaryIO]] = {}
        for name, stream in files:
            # Browsers that send a folder send its name too.
            named.setdefault(name.replace("\\", "/").rpartition("/")[2], []).append(stream)
        if not any(one.line <= 1 for one in mistakes):
            mistakes += _unused(named, {entry.file for entry in entries}, mistakes)
        news: list[tuple[int, New]] = []
        for entry in entries:
            made = self._new(entry, named.get(entry.file, []))
            if isinstance(made, str):
                mistakes.append(Mistake(entry.line, made))
            else:
                news.append((entry.line, made))
        mistakes += _twice(news)
        if mistakes:
            return "", sorted(mistakes, key=lambda one: one.line)
        # The same files again, by the second of two clicks, are the same batch.
        said, now = "\n".join([who.sub, *(f"{line} {facts(new)}" for line, new in news)]), self._clock()
        batch_id = sha256(said.encode())[:_BATCH_ID]
        with transaction():
            there = not batches.add_batch(batch_id, who.sub, news, now=now, expires_at=now + BATCH_SECONDS)
            if there and batches.stored_of(batch_id, who.sub):
                # Stored once, and the documents were deleted since.
                batch_id = store.new_id()
                batches.add_batch(batch_id, who.sub, news, now=now, expires_at=now + BATCH_SECONDS)
        return batch_id, []

    def batch(self, who: Who, batch_id: str) -> Sequence[Line]:
        """Return what an officer's own batch would store; raises NotFoundError."""
        lines = batches.lines_of(batch_id, who.sub, self._clock()) if batch_id.isprintable() else []
        if not lines:
            raise NotFoundError
        return lines

    def store_batch(self, who: Who, batch_id: str) -> int:
        """Store all of a batch or nothing; return how many. Raises NotFoundError, batches.StoredMeanwhileError."""
        with transaction():
            stored = batches.store_batch(batch_id, who.sub, self._clock()) if batch_id.isprintable() else 0
            if not stored:
                raise NotFoundError
            trail.record(who, "add documents", "done", at=self._clock(), detail=f"{stored} documents")
        return stored

    def stored(self, who: Who, batch_id: str) -> int:
        """Return how many documents an officer's own batch has become, by the first of two clicks; 0: it hasn't."""
        return batches.stored_of(batch_id, who.sub) if batch_id.isprintable() else 0

    def drop_batch(self, who: Who, batch_id: str) -> None:
        """Forget an officer's own batch; raises NotFoundError when there is none that waits."""
        with transaction():
            if not batches.drop_batch(batch_id, who.sub):
                raise NotFoundError

    def _new(self, entry: Entry, streams: Sequence[BinaryIO]) -> New | str:
        """Return the document of one line, or what is wrong with it."""
        office = store.office_with(entry.kind, entry.customer_id)
        if office is None:
            which = {"office": _("office"), "state": _("member state")}[entry.kind]
            return _("There is no %(which)s with the Customer ID %(id)s.", which=which, id=entry.customer_id)
        if len(streams) != 1:
            several = _("There are several files called %(name)s.", name=entry.file)
            return several if streams else _("The file %(name)s wasn’t sent.", name=entry.file)
        content = pdf.read(streams[0])
        if isinstance(content, pdf.Problem):
            return f"{entry.file}: {said(content)}"
        new = New(office.id, entry.type, entry.year, entry.month, entry.title, sha256(content), content)
        return _("%(name)s is stored already.", name=entry.file) if library.is_there(new) else new

    def _note(self, who: Who, action: str, new: New) -> None:
        office = store.find_office(new.office_id)
        kind, customer_id = (office.kind, office.customer_id) if office else ("", "")
        trail.record(who, action, "done", at=self._clock(), kind=kind, customer_id=customer_id, detail=new.title)


def sha256(content: bytes) -> str:
    """Return what tells two files apart."""
    return hashlib.sha256(content).hexdigest()


def said(problem: pdf.Problem) -> str:
    """Return what is wrong with a file, for people."""
    return {
        pdf.Problem.EMPTY: _("This file is empty."),
        pdf.Problem.TOO_LARGE: _("This file is larger than %(most)d MB.", most=pdf.LARGEST // 1024**2),
        pdf.Problem.NO_PDF: _("This isn’t a whole PDF file."),
    }[problem]


def _unused(named: dict[str, list[BinaryIO]], wanted: set[str], mistakes: Sequence[Mistake]) -> list[Mistake]:
    """Return the files that no line names; while lines are wrong that can't be told."""
    if mistakes:
        return []
    return [Mistake(0, _("No line names the file %(name)s.", name=name)) for name in named if name not in wanted]


def _twice(news: Sequence[tuple[int, New]]) -> list[Mistake]:
    seen: dict[tuple[object, ...], int] = {}
    found = []
    for line, new in news:
        key = (new.office_id, new.type, new.year, new.month, new.sha256)
        if key in seen:
            found.append(Mistake(line, _("This is the same document as in line %(line)d.", line=seen[key])))
        seen.setdefault(key, line)
    return found
