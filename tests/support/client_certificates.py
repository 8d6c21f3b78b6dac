"""Certificates that people sign in with: an authority that answers on loopback, other people's authorities, and a TLS client."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys import Sealer
from keys.ca import Addresses, Authority, Order, Person, Profile, crl, ocsp, storage
from keys.ca.authority import new_serial


@dataclass
class Held:
    """A certificate with its key, as a browser has it."""

    certificate: x509.Certificate
    file: Path
    """Both in PEM."""

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:x}"


@dataclass
class CertificateOffice:
    """An authority in `folder` that answers OCSP and hands out its list, as long as `answers` says so; stop it at the end."""

    folder: Path
    clock: Callable[[], int]
    name: str = "Customer CA"
    revoked: dict[int, int] = field(default_factory=dict)
    answers: set[str] = field(default_factory=lambda: {"ocsp", "crl"})
    asked: list[str] = field(default_factory=list)
    seconds: int = 3600

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        base = f"http://127.0.0.1:{self._server.server_port}"
        sealer = Sealer.from_folder(self.folder / "sealing")
        now = self.clock() - 24 * 3600
        self.authority = Authority.in_folder(
            self.folder / "ca", sealer, Profile(), Addresses(base), name=self.name, now=now
        )
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, data_dir: Path) -> None:
        """Write what the provider trusts to where the certificate service writes it."""
        storage.publish(data_dir / "certificates", self.authority.root, self.authority.issuing)

    def issue(self, issuer: str, sub: str, *, name: str = "Alice Moreau", now: int | None = None) -> Held:
        key = ec.generate_private_key(ec.SECP256R1())
        moment = self.clock() if now is None else now
        order = Order(Person(issuer, sub, name), key.public_key(), new_serial(), moment)
        return self.keep(self.authority.issue(order), key)

    def keep(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Held:
        file = self.folder / f"{certificate.fingerprint(SHA256()).hex()}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
        return Held(certificate, file)

    def self_signed(self, like: Held) -> Held:
        """Return a certificate with another one's names and number, signed by nobody but itself."""
        key, model = ec.generate_private_key(ec.SECP256R1()), like.certificate
        builder = x509.CertificateBuilder().subject_name(model.subject).issuer_name(model.subject)
        builder = builder.public_key(key.public_key()).serial_number(model.serial_number)
        builder = builder.not_valid_before(model.not_valid_before_utc).not_valid_after(model.not_valid_after_utc)
        for one in model.extensions:
            builder = builder.add_extension(one.value, one.critical)
        return self.keep(builder.sign(key, SHA256()), key)

    def revoke(self, held: Held) -> None:
        self.revoked[held.certificate.serial_number] = self.clock()

    def _status(self, serial: int) -> ocsp.Status:
        at = self.revoked.get(serial)
        return ocsp.Status("good") if at is None else ocsp.Status("revoked", at, "key_compromise")

    def _list(self) -> bytes:
        entries = [crl.Revoked(serial, at, "key_compromise") for serial, at in self.revoked.items()]
        now = self.clock()
        return crl.issuing(self.authority, entries, 1, crl.Span(now, now + self.seconds))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                office.asked.append("ocsp")
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                responder = ocsp.Responder(office.authority, office._status, office.clock, office.seconds)
                self._answer("ocsp", lambda: responder.answer(sent)[0])

            def do_GET(self) -> None:
                office.asked.append("crl")
                self._answer("crl", office._list)

            def _answer(self, what: str, made: Callable[[], bytes]) -> None:
                body = made() if what in office.answers else b""
                self.send_response(200 if body else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        return Handler


@dataclass
class Shown:
    """What the address that asks for certificates has answered."""

    status: int
    location: str
    version: str = ""

    @property
    def result(self) -> str:
        return parse_qs(urlsplit(self.location).query).get("result", [""])[0]


def show(url: str, held: Held | None = None, *, port: int = 0, headers: str = "", method: str = "GET") -> Shown:
    """Open an address as a browser would that has this certificate; `port` is where its host really listens."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if held:
        context.load_cert_chain(held.file)
    with (
        socket.create_connection((parts.hostname or "", port or parts.port or 443), 10) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as wire,
    ):
        wire.sendall(
            f"{method} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n{headers}\r\n".encode()
        )
        answer = b""
        while piece := wire.recv(4096):
            answer += piece
        lines = answer.decode().split("\r\n")
        found = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        return Shown(int(lines[0].split()[1]), found.get("Location", ""), str(wire.version()))
