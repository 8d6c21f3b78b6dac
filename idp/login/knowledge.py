"""What is known when a step is decided: who is signed in here, what they proved, what they have enrolled, what they allowed before."""

from dataclasses import replace

from flask import request

from config.tuning import HIGHER_LEVEL_SECONDS
from idp.accounts.build import Accounts
from idp.accounts.guard import RECENT
from idp.accounts.notices import Where
from idp.accounts.sessions import Session
from idp.factors.build import Strong
from idp.login import flow
from idp.login.flow import Known, Person, Standing
from idp.login.store import Interaction
from idp.oauth.ports import Asked
from idp.oauth.store import consents
from idp.web import client_address


class Knowledge:
    """Gathers it from the request, the interaction and the database."""

    def __init__(self, accounts: Accounts, strong: Strong) -> None:
        self._database = accounts.database
        self._browser = accounts.browser
        self._sessions = accounts.sessions
        self._clock = accounts.clock
        self._strong = strong

    def known(self, asked: Asked, interaction: Interaction | None = None) -> Known:
        """Return all that `flow.next_step` decides by."""
        now = self._clock()
        known = Known(now=now, people=tuple(_person(one.session, now) for one in self._browser.people(request)))
        if interaction is not None:
            known = replace(
                known,
                chosen=interaction.chosen_sid,
                account_id=interaction.account_id,
                proofs=interaction.proofs,
                denied=interaction.denied,
                allowed=interaction.allowed,
            )
        person = flow.candidate(asked, known)
        if person is None:
            return known
        known = replace(known, standing=self._standing(person))
        if asked.first_party or not asked.client_id:
            return known
        consented = consents.allowed_scope(self._database.read(), person.account_id, asked.client_id)
        return replace(known, consented=consented)

    def still_true(self, interaction: Interaction) -> Interaction:
        """Return it without what counts no more: neither a session that was ended nor a former password signs in by what it once proved."""
        if not interaction.account_id:
            return interaction
        here = {one.session.sid for one in self._browser.people(request)}
        sid = interaction.chosen_sid
        if sid and sid not in here and not self._sessions.is_live(sid):
            return replace(interaction, chosen_sid="", account_id="", proofs=(), allowed=False, address_proven_at=0)
        since, now = self._strong.standings.of(interaction.account_id).password_since, self._clock()
        proofs = tuple(
            proof
            for proof in interaction.proofs
            if (proof.method != "password" or proof.at >= since) and now - proof.at < HIGHER_LEVEL_SECONDS
        )
        return replace(interaction, proofs=proofs)

    def _standing(self, person: Person) -> Standing:
        has = self._strong.standings.of(person.account_id)
        # Only whoever comes in is asked for more than the password because of what they have enrolled.
        trusted = bool(has.methods and not person.sid) and self._strong.trusted.trusts(
            request, person.account_id, has.fingerprint
        )
        return Standing(has.methods, has.backups, has.unproven, has.must, trusted, has.password_is_initial)


def where() -> Where:
    """Return from where the request came."""
    return Where(client_address(request.environ) or None, request.headers.get("User-Agent"))


def _person(one: Session, now: int) -> Person:
    return Person(one.account_id, one.sid, one.proofs, reads_mail=now - one.address_proven_at <= RECENT)
