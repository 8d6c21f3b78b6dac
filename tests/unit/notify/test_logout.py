from collections.abc import Mapping

import pytest

from idp.notify.logout import LogoutTokenHandler
from idp.notify.outbound import Answer
from idp.notify.worker import Message, Undeliverable


class FakeOutbound:
    def __init__(self, status: int) -> None:
        self.status = status
        self.posted: list[tuple[str, Mapping[str, str]]] = []

    def post_form(self, url: str, fields: Mapping[str, str]) -> Answer:
        self.posted.append((url, fields))
        return Answer(self.status, {}, b"")


def _mint(client_id: str, *, subject: str, sid: str) -> str:
    return f"token for {client_id}, {subject}, {sid}"


def _deliver(status: int) -> FakeOutbound:
    outbound = FakeOutbound(status)
    payload = {"client_id": "pairing", "url": "https://rp.example/logout", "subject": "s1", "sid": "sid1"}
    LogoutTokenHandler(outbound, _mint).deliver(Message("1", payload, 0))  # type: ignore[arg-type]
    return outbound


@pytest.mark.parametrize("status", [200, 204])
def test_a_fresh_token_is_posted_as_a_form(status: int) -> None:
    fields = {"logout_token": "token for pairing, s1, sid1"}
    assert _deliver(status).posted == [("https://rp.example/logout", fields)]


def test_a_refusal_ends_it_and_trouble_does_not() -> None:
    with pytest.raises(Undeliverable):
        _deliver(400)
    for status in (302, 500, 503):
        with pytest.raises(RuntimeError):
            _deliver(status)
