"""A real Web Push service for Firefox, on loopback: the websocket that the browser listens on, and the endpoint of RFC 8030.

It checks what a push service checks: TTL, size, and that a message comes from the server that the subscription was made for (RFC 8292).
"""

import asyncio
import base64
import json
import threading
import time
import uuid
from typing import Any, NamedTuple

from aiohttp import WSMsgType, web
from cryptography.exceptions import InvalidSignature
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

MOST_BYTES = 4096


class Channel(NamedTuple):
    browser: str
    id: str
    key: str


class Posted(NamedTuple):
    token: str
    headers: dict[str, str]
    body: bytes
    status: int


class PushService:
    """Listens from construction until `stop()`. `answer_with`, `delay`: what ails it."""

    def __init__(self) -> None:
        self.answer_with = 0
        self.delay = 0.0
        self.posted: list[Posted] = []
        self.delivered: dict[str, int] = {}
        """Codes that browsers acknowledged messages with: 100 is "shown to the service worker"."""
        self._browsers: dict[str, web.WebSocketResponse] = {}
        self._channels: dict[str, Channel] = {}
        self._forgotten: set[str] = set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def forget_subscriptions(self) -> None:
        """Let every subscription end, as push services do after a while: the next message is answered 410."""
        self._channels.clear()

    def forget_browsers(self) -> None:
        """Lose everything, as after a failure: browsers that come back are told so, and have to subscribe anew."""
        self._channels.clear()
        self._forgotten = set(self._browsers)
        for socket in self._browsers.values():
            asyncio.run_coroutine_threadsafe(socket.close(), self._loop).result(10)

    def urgent(self) -> list[Posted]:
        """Return what couldn't wait: requests, no notices."""
        return [one for one in self.posted if one.headers.get("Urgency") == "high"]

    def heal(self) -> None:
        self.answer_with, self.delay = 0, 0.0
        self.posted.clear()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/", self._listen)
        app.router.add_post("/wpush/v2/{token}", self._post)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{self.port}"
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        browser = ""
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                said = json.loads(message.data)
                if said.get("messageType") == "hello":
                    known = said.get("uaid")
                    browser = known if known and known not in self._forgotten else uuid.uuid4().hex
                    self._browsers[browser] = socket
                if (answer := self._answer(browser, said)) is not None:
                    await socket.send_str(json.dumps(answer))
        return socket

    def _answer(self, browser: str, said: dict[str, Any]) -> dict[str, Any] | None:
        match said.get("messageType"):
            case "hello":
                return {"messageType": "hello", "status": 200, "uaid": browser, "use_webpush": True, "broadcasts": {}}
            case "register":
                token = uuid.uuid4().hex
                self._channels[token] = Channel(browser, said["channelID"], said.get("key") or "")
                endpoint = f"{self.base}/wpush/v2/{token}"
                known = {"channelID": said["channelID"], "pushEndpoint": endpoint}
                return {"messageType": "register", "status": 200, **known}
            case "unregister":
                gone = said["channelID"]
                self._channels = {token: one for token, one in self._channels.items() if one.id != gone}
                return {"messageType": "unregister", "status": 200, "channelID": gone}
            case "ack":
                self.delivered |= {update["version"]: update["code"] for update in said["updates"]}
                return None
            case None:
                return {}  # a ping
            case _:
                return None

    async def _post(self, request: web.Request) -> web.Response:
        body, token = await request.read(), request.match_info["token"]
        await asyncio.sleep(self.delay)
        status = self.answer_with or self._judge(token, request, body)
        self.posted.append(Posted(token, dict(request.headers), body, status))
        if status != 201:
            return web.Response(status=status)
        channel, version = self._channels[token], uuid.uuid4().hex
        message = {
            "messageType": "notification",
            "channelID": channel.id,
            "version": version,
            "ttl": int(request.headers["TTL"]),
            "data": _encoded(body),
            "headers": {"encoding": request.headers["Content-Encoding"]},
        }
        await self._browsers[channel.browser].send_str(json.dumps(message))
        return web.Response(status=201, headers={"Location": f"{self.base}/m/{version}", "TTL": request.headers["TTL"]})

    def _judge(self, token: str, request: web.Request, body: bytes) -> int:
        channel = self._channels.get(token)
        if channel is None:
            return 410
        if not request.headers.get("TTL", "").isdigit() or request.headers.get("Content-Encoding") != "aes128gcm":
            return 400
        if len(body) > MOST_BYTES:
            return 413
        return 201 if self._is_sender(request.headers.get("Authorization", ""), channel.key) else 403

    def _is_sender(self, header: str, key: str) -> bool:
        scheme, _, rest = header.partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or _decoded(given.get("k", "")) != _decoded(key):
            return False
        point = _decoded(key)
        jwk = {"kty": "EC", "crv": "P-256", "x": _encoded(point[1:33]), "y": _encoded(point[33:])}
        try:
            claims = jwt.decode(given.get("t", ""), ECKey.import_key(jwk), algorithms=["ES256"]).claims
        except (JoseError, InvalidSignature, ValueError):
            return False
        return claims["aud"] == self.base and time.time() < claims["exp"] <= time.time() + 24 * 3600


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
