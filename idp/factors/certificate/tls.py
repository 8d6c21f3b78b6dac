"""TLS of the certificates' listener: the context that asks for a certificate, what was shown, and the answer as HTTP/1.1."""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from OpenSSL import SSL

_OPTIONS = SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE


def context(issuers: Sequence[x509.Certificate], files: tuple[Path, Path]) -> SSL.Context:
    """Return a server's context that asks for a certificate and takes any. `files` are its own certificate and key. Raises ValueError."""
    made = SSL.Context(SSL.TLS_SERVER_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.set_options(_OPTIONS)
    # A resumed session would show a certificate without its key.
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    try:
        made.use_certificate_chain_file(str(files[0]))
        made.use_privatekey_file(str(files[1]))
        made.check_privatekey()
    except SSL.Error as error:
        raise ValueError(
            "TLS_CERT and TLS_KEY can't be used: both are PEM, and the key is the certificate's own."
        ) from error
    made.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    for one in issuers:
        made.add_client_ca(one)
    return made


def peer_certificate(connection: SSL.Connection) -> x509.Certificate | bytes | None:
    """Return the certificate whose key took part in the handshake; bytes when it can't be read."""
    try:
        return connection.get_peer_certificate(as_cryptography=True)
    except ValueError:
        return b"?"


def response(status: HTTPStatus, location: str) -> bytes:
    """Return an answer of the door as HTTP/1.1."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Length: 0",
        "Connection: close",
        "Cache-Control: no-store",
    ]
    lines += ["Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff"]
    lines += [f"Location: {location}"] if location else []
    lines += ["Allow: GET"] if status is HTTPStatus.METHOD_NOT_ALLOWED else []
    return "\r\n".join([*lines, "", ""]).encode("ascii")
