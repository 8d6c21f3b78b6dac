"""Composition of the outbox's worker: who delivers which kind of message, how long, and how many at once."""

from typing import TYPE_CHECKING

from idp.app import Provider
from idp.factors.push.notices import DEVICE_NOTICE, DeviceNoticeHandler
from idp.notify.logout import LogoutTokenHandler
from idp.notify.mail import MailHandler
from idp.notify.outbound import Outbound
from idp.notify.outbox import LOGOUT_TOKEN, MAIL, PUSH
from idp.notify.push import PushHandler
from idp.notify.worker import DeliveryPolicy, Worker
from idp.relay.inbox import INBOX_NOTICE, InboxNoticeHandler
from idp.relay.service import RELAYED_NOTICE
from idp.relay.telling import RelayedNoticeHandler

if TYPE_CHECKING:
    from idp.notify.worker import Handler


def build_worker(provider: Provider) -> Worker:
    """Make the worker that drains the outbox; mail borrows the pages' templates and translations."""
    core = provider.core
    outbound, push = Outbound(core.settings.outbound), core.strong.push
    handlers: dict[str, Handler] = {
        MAIL: MailHandler(
            provider.flask, core.settings.mail, issuer=core.settings.issuer, service=core.settings.brand.account
        ),
        LOGOUT_TOKEN: LogoutTokenHandler(outbound, core.minting.logout_token),
        DEVICE_NOTICE: DeviceNoticeHandler(provider.flask, core.database, push),
        RELAYED_NOTICE: RelayedNoticeHandler(
            provider.flask,
            core.database,
            core.outbox,
            devices=push.devices,
            limits=core.settings.relay,
            clock=core.clock,
        ),
        PUSH: PushHandler(outbound, push.vapid, push.devices, core.clock),
        **core.accounts.jobs,
    }
    if portal := core.settings.services.get("dashboard"):
        handlers[INBOX_NOTICE] = InboxNoticeHandler(
            provider.flask, outbound, core.minting, portal=portal, issuer=core.settings.issuer
        )
    lifetimes = core.settings.lifetimes
    policies = {
        # As long as a service may keep somebody signed in who isn't; a service that hangs keeps the others waiting for no token.
        LOGOUT_TOKEN: DeliveryPolicy(max(lifetimes.session_absolute, lifetimes.remembered_session), threads=4),
        PUSH: DeliveryPolicy(threads=2),
    }
    return Worker(core.database, core.sealer, handlers, core.clock, policies)
