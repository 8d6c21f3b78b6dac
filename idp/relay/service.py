"""Takes notices over: each once. Whom they are for is looked at later (`telling`), so that a call takes as long for people who aren't there.

Who may say what is registered here, as scopes, whatever a service says of itself:

- `notices:write`: to send notices, under the name that is registered of the client.
- `notices:security`: to send notices about security, which nobody can mute.
- `notices:relay`: to send for other services. Each notice names one by its `client_id`; its name is the one that is registered of that client, and
  whether it may be about security is that client's right. The one that relays needs no such right, and lends none.

Of the service that calls the token's scope counts (RFC 6749 section 3.3), of one that it relays for the registered one.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

import orjson

from config.settings import Relay as Limits
from idp.clock import Clock
from idp.db import Database, Tx
from idp.notify import Outbox
from idp.oauth.client import Client, ClientRegistry
from idp.oauth.service_guard import ServiceCaller
from idp.relay import store
from idp.relay.wire import Batch, Notice
from keys import hashing

SECURITY_SCOPE, RELAY_SCOPE = "notices:security", "notices:relay"
RELAYED_NOTICE = "relayed_notice"
"""Kind of message in the outbox."""
_MINUTE, _DAY = 60, 24 * 3600
_REMEMBERED = 14 * _DAY
"""How long a notice that is sent again is known to be one; services give up sooner."""


class TooManyError(Exception):
    """A service has sent as much as it may in a minute; nothing was taken."""


class NoticeConflictError(Exception):
    """Some ids came with something else before; `places` are the numbers of those notices. Nothing was taken."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__(len(places))
        self.places = places


class ForbiddenNoticesError(Exception):
    """The client may not send some of them; `errors` says which and why: field, sentence. Nothing was taken."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class Relay:
    """The use case."""

    def __init__(
        self, database: Database, outbox: Outbox, clients: ClientRegistry, clock: Clock, limits: Limits
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clients = clients
        self._clock = clock
        self._limits = limits

    def accept(self, caller: ServiceCaller, batch: Batch) -> None:
        """Queue these notices in one transaction; raises ForbiddenNoticesError, NoticeConflictError, TooManyError."""
        now, client = self._clock(), caller.client
        services = self._services(caller, batch.notices)
        common = {"portal": client.client_name, "inbox": batch.inbox, "settings": batch.settings}
        with self._database.write() as tx:
            # First of all and in one order, so that of calls for one service the second waits for the first and never in a circle.
            kinds = zip(services, batch.notices, strict=True)
            counts = Counter((service.client_id, notice.category) for service, notice in kinds)
            for (client_id, category), more in sorted(counts.items()):
                key = f"client:{category}:{hashing.digest(client_id)}"
                if store.count(tx, key, more=more, seconds=_MINUTE, now=now) > self._limits.notices_a_minute:
                    raise TooManyError
            taken: list[int] = []
            for number, (notice, service) in enumerate(zip(batch.notices, services, strict=True)):
                content = notice.model_dump(mode="json", exclude={"id"})
                content["channels"] = sorted(content["channels"])
                fingerprint = sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
                there = store.take(tx, client.client_id, notice.id, fingerprint=fingerprint, now=now)
                if there is None:
                    about = {"service": service.client_name, "client": service.client_id}
                    self._outbox.add(tx, RELAYED_NOTICE, content | common | about)
                elif there not in {fingerprint, ""}:
                    taken.append(number)
            if taken:
                raise NoticeConflictError(taken)

    def _services(self, caller: ServiceCaller, notices: Sequence[Notice]) -> list[Client]:
        """Return which registered service each of these is of; raises ForbiddenNoticesError."""
        services, errors = [], []
        for number, notice in enumerate(notices):
            service, granted = caller.client, caller.scope
            if notice.service not in {None, caller.client.client_id}:
                found = self._clients.find(str(notice.service)) if RELAY_SCOPE in caller.scope else None
                if found is None:
                    text = f"It takes the scope {RELAY_SCOPE} to send for another service, and its client_id."
                    errors.append((f"notices.{number}.service", text))
                    continue
                service, granted = found, found.scope_values
            if notice.category == "security" and SECURITY_SCOPE not in granted:
                text = f"Notices about security take the scope {SECURITY_SCOPE} of the service that they are of."
                errors.append((f"notices.{number}.category", text))
            services.append(service)
        if errors:
            raise ForbiddenNoticesError(errors)
        return services

    def purge(self, tx: Tx) -> None:
        """Forget what has had its time; call it about once an hour."""
        now = self._clock()
        store.purge(tx, notices_before=now - _REMEMBERED, counts_before=now - _DAY)
