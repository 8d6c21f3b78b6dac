"""Pages of steps: at which address a person does what `flow.next_step` says is next."""

from typing import Any

from flask import url_for

from idp.accounts.guard import CHANGE_PASSWORD
from idp.login import flow
from idp.login.flow import AskConsent, ChangePassword, ChooseAccount, Enrol, Prove, ProveAddress, ProveMore

_OF_THE_FLOW: dict[type, str] = {
    Prove: "login.sign_in",
    ChooseAccount: "login.choose_account",
    AskConsent: "login.consent",
}
_OF_THE_ACCOUNT: dict[type, str] = {
    Enrol: "factors.choose",
    ProveAddress: "accounts.prove_address",
    ChangePassword: CHANGE_PASSWORD,
}
"""Pages of who is signed in; they lead back to the sign-in."""


def page_of(step: flow.Step, interaction_id: str, **query: Any) -> str:
    """Return the address of a step that has a page."""
    if isinstance(step, ProveMore):
        return url_for("login.prove_more", interaction_id=interaction_id, method=step.methods[0], **query)
    if type(step) in _OF_THE_ACCOUNT:
        if isinstance(step, Enrol):
            query["methods"] = " ".join(step.methods) or None
        back = url_for("login.proceed", interaction_id=interaction_id)
        return url_for(_OF_THE_ACCOUNT[type(step)], next=back, **query)
    return url_for(_OF_THE_FLOW[type(step)], interaction_id=interaction_id, **query)
