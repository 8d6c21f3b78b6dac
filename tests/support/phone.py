"""A Firefox in the hand of somebody who approves sign-ins there."""

from typing import Any

from tests.support.firefox import Firefox, push_preferences
from tests.support.push_service import PushService


class Phone(Firefox):
    """A small Firefox that gets pushes from a service on loopback."""

    def __init__(self, service: PushService) -> None:
        super().__init__(push_preferences(service.port))
        self.service = service

    def register(self, link: str) -> str:
        """Open the link of the QR code and register; return the number that is shown."""
        self.goto(link)
        self.wait_for("Register only a device that is yours")
        self.press("#register")
        self.wait_for("Type this number")
        return self.run("() => document.querySelector('[data-slot=number]').innerText")

    def answer(self, button: str, number: str = "") -> None:
        """Answer the request that is open on the page, and keep what was sent for `send_again`."""
        self.run("() => { const go = fetch; window.fetch = (...sent) => { window.sent = sent; return go(...sent) } }")
        self.type("#number", number)
        self.press(button)

    def send_again(self) -> dict[str, Any]:
        """Send the last answer once more, as whoever has copied it could; return what the provider says."""
        return self.run("async () => (await fetch(...window.sent)).json()")

    def answer_as(self, username: str, asked_of: str, request_id: str, number: str) -> dict[str, Any]:
        """Let the registration of one account sign an answer to a request of another account's."""
        return self.run(
            """async (username, askedOf, request, number) => {
                const all = await device.all();
                const of = (name) => all.find((one) => one.username === name);
                const { request: asked } = await device.send(of(askedOf), "show", { request });
                const claims = { request, challenge: asked.challenge, decision: "approve", number };
                return device.send(of(username), "answer", claims);
            }""",
            username,
            asked_of,
            request_id,
            number,
        )
