"""Hostile values, one list for each place that they go to. Whoever finds a new one that breaks something adds it here."""

import base64
import io
import json
import random
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

HUGE = "9" * 400
TEXTS = (
    "", " ", "0", "-1", "1", "00", "1.5", "1e999", "NaN", "Infinity", "-Infinity", "true", "null", "None", "undefined",
    str(2**31), str(2**63 - 1), str(2**63), str(-(2**63) - 1), str(2**64), HUGE, f"-{HUGE}", "９９", "٣", "1_000", "+1", " 1 ", "0x10",
    "9" * 5000, "\0", "a\0b", "\x01\x1f\x7f", "\r\nX: y", "\u2028\u2029", "\ufeff", "\u202e", "\ud7ff\uffff", "😀" * 300, "ﷺ" * 300,
    "x" * 10_000, "é" * 5_000, "' OR 1=1 --", '"; DROP TABLE x', "<script>alert(1)</script>", "{{7*7}}", "%s%n%d", "${x}", "../../etc/passwd",
    "//evil.example", "https://evil.example", "javascript:alert(1)", "http://[::1", "http://localhost:99999999/", "https://[v1.x]/",
    "{}", "[]", "[" * 3000, "{" * 3000, "a,b;c", "٠١٢", "2030-02-30", "0000-00-00", "9999-12-31", "12345", "DEMO2PAIR", "CHF",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----",
    "eyJhbGciOiJub25lIn0.e30.", "a.b.c", "." * 100, "=" * 50, "A" * 43, "aal2", "*", "%", "%ff", "&", "=", ";", "\\", "/", "?", "#",
)  # fmt: skip
SEGMENTS = (
    "x", "0", "-1", HUGE, str(2**63), "a" * 300, "%00", "a%00b", "%FF", "%C3%28", "%ED%A0%80", "%F0%9F%98%80", "..", "..%2F..%2Fetc", "%2e%2e",
    "%0d%0aX:%20y", "%E2%80%A8", "%25", "%", "*", "~", "a;b=c", "+", "%20", "null", "NaN", "{}", "[]", "x" * 5000, "٣", "%D9%A3", ":", "@", "''",
)  # fmt: skip
QUERIES = (
    b"%", b"%ff=%fe", b"\xff\xfe", b"a" * 3000, b"=", b"&&&", b"a=1&a=2&a=3", b"a[b]=c", b"%00=%00", b"x=%ED%A0%80", b"?" * 50, b"&" * 3000,
    b"kept=x&kept=y", b"page=1e999",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ("", "*/*", "application/json", "text/html;q=NaN", "application/json;q=1e999", "a" * 3000, ";;;,,,", "*/json;q=-1"),
    "Accept-Language": ("", "x" * 3000, "en;q=NaN", "zz-ZZ-" + "a" * 100, ",,,;q=;", "ar", "-", "\xff", "de_DE", "*", "en;q=1e999"),
    "Authorization": ("", "Basic", "Basic =", "Basic \xff", "Basic Og==", "Bearer", "Bearer .", "Bearer a.b.c", "Bearer " + "x" * 9000, "Digest",
                      "Basic " + "A" * 3000, "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer " + "eyJ" * 400 + "." * 2, "\x80"),
    "Cookie": ("a", "=", ";;;", "idp_web=x; sso_0=y.z", "dashboard_session=.; dashboard_web=\xff", "a=" + "b" * 5000, 'a="\\377"', "idp_trusted=x"),
    "Idempotency-Key": ("", "k", "x" * 300, "\xff", '"8e03978e"', " "),
    "If-Match": ("*", '"1"', 'W/"1"', '"1", "2"', "1", HUGE, '"' + HUGE + '"', "\xff", "''", '"', "-1", ""),
    "If-None-Match": ("*", '"x"', "x", "\xff", '"'),
    "If-Modified-Since": ("x", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", HUGE),
    "Range": ("bytes=0-1", "bytes=-1", "bytes=" + HUGE + "-", "x", "bytes=5-1", "bytes=0-0,1-1"),
    "Origin": ("null", "https://evil.example", "\xff", "http://localhost:8000"),
    "Referer": ("x", "https://evil.example/\xff", "http://["),
    "User-Agent": ("", "x" * 5000, "\x01", "\xff\xfe", "Mozilla/5.0"),
    "X-Requested-With": ("fetch",),
    "X-Request-Id": ("x" * 3000, "\xff", "a b"),
    "X-Forwarded-For": ("x", "::1%eth0", "1.2.3.4, 5", "[::", "\xff"),
    "X-Forwarded-Host": ("evil.example", "["),
    "Host": ("evil.example", "localhost:99999999", "[::", "\xff", "a" * 300, "localhost:x", ""),
    "Content-Encoding": ("gzip",),
    "Expect": ("100-continue",),
}  # fmt: skip
CONTENT_TYPES = (
    "", "text/plain", "application/json", "application/json; charset=utf-16", "application/json; charset=xyz", "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xff",
    "multipart/form-data; boundary=" + "x" * 300, "application/vnd.api+json", "*/*", "application/ocsp-request", "image/png", ";", "a/b; c",
)  # fmt: skip
_NESTED = 100_000
BODIES: tuple[bytes, ...] = (
    b"", b"{", b"[]", b"{}", b"null", b"1", b'"x"', b"NaN", b"Infinity", b"[NaN]", b'{"a":NaN}', b'{"a":1e999}', b'{"a":1,"a":2}', b"\xff\xfe{}",
    b"\xef\xbb\xbf{}", '{"a":"x"}'.encode("utf-16"), b'{"a":"\\ud800"}', b'{"\\ud800":1}', b'{"a":"\\u0000"}', b'{"a":' + b"9" * 5000 + b"}",
    b"[" * _NESTED, b'{"a":' * _NESTED, b"[" * _NESTED + b"]" * _NESTED, b'{"messages":' + b"[" * _NESTED + b"]" * _NESTED + b"}",
    b"a=b&" * 2000, b"&" * 5000, b"%ff=%fe&=&==", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', b"--x--", b"--x\r\n\r\n",
    b"\0" * 100, b"x" * 300_000, b"0\x03\x02\x01\xff", b"\x30\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"csrf_token=", b"logout_token=a.b.c",
)  # fmt: skip


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.pdf", b"0" * 1_000_000)
    return made.getvalue()


FILES: tuple[tuple[str, bytes], ...] = (
    ("", b""), ("a.pdf", b"%PDF-1.4\n%%EOF\n"), ("a.pdf", b"%PDF-"), ("../a.pdf", b"\0" * 1000), ("\xff.csv", b"\xff\xfe\x00"),
    ("a.csv", b"customer_id,type,year,month,title,file\n12345,hague,2026,9,T,a.pdf\n"),
    ("a.csv", b"customer_id,type,year,month,title,file\n" + b"9" * 400 + b",hague," + b"9" * 400 + b",\xd9\xa3,T,a.pdf\n"),
    ("a.csv", b'customer_id,type,year,month,title,file\n"' + b"x" * 200_000), ("a.csv", b"\xef\xbb\xbfcustomer_id;type;year;month;title;file\n;;;;;\n"),
    ("a.csv", b"a\0b,\r\r\r\n" * 100), ("a.csv", b"customer_id,type,year,month,title,file\r1\r2,3"), ("a.csv", b"," * 100_000), ("a.zip", _zip()),
    ("x" * 500, b"x"), ("a.pdf\r\nX: y", b"x"), ("a.json", b"[" * 100_000),
)  # fmt: skip
JSON_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, 2**63, 2**64, -(2**63) - 1, 1e308, "", "\0", "\u202e", "x" * 30_000, [], {}, [[]], {"a": 1}, [None], "NaN",
    "2030-02-30", "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00-23:59", "1e9", "9" * 500, "CHF", "ZWL", "https://[::1", "https://a/\u202e",
    [1] * 2000, {str(i): i for i in range(300)}, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "<b>x</b>", "<" * 5000, "en", "\ufffe",
)  # fmt: skip


def _signed() -> tuple[tuple[str, bytes], ...]:
    """Return a request, a certificate and an OCSP request as they should be."""
    key, name, start = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime(2026, 1, 1, tzinfo=UTC)
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(days=900)).sign(
        key, SHA256()
    )
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, certificate, SHA256()).build()
    return (
        ("CERTIFICATE REQUEST", request.public_bytes(Encoding.DER)),
        ("CERTIFICATE", certificate.public_bytes(Encoding.DER)),
        ("OCSP REQUEST", question.public_bytes(Encoding.DER)),
    )


_SIGNED = _signed()


def der(rng: random.Random) -> tuple[str, bytes]:
    """Return what it is, and something in ASN.1 of which some bytes are others: versions, kinds and lengths that don't exist."""
    kind, content = rng.choice(_SIGNED)
    made = bytearray(content)
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        made[rng.randrange(min(len(made), 120))] = rng.choice((0, 1, 2, 3, 5, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return kind, bytes(made)


def pem(rng: random.Random) -> str:
    """Return the same in PEM."""
    kind, content = der(rng)
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(content).decode()}-----END {kind}-----\n"


def text(rng: random.Random) -> str:
    """Return a hostile text, or two of them together."""
    if rng.random() < 0.05:
        return pem(rng)
    found = rng.choice(TEXTS)
    return found + rng.choice(TEXTS) if rng.random() < 0.1 else found


def spoilt(rng: random.Random, value: Any) -> Any:
    """Return a JSON value with one thing in it replaced, taken away or added."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(sorted(value))
        match rng.random():
            case chance if chance < 0.1:
                return {key: one for key, one in value.items() if key != name}
            case chance if chance < 0.2:
                return value | {rng.choice(TEXTS)[:50]: rng.choice(JSON_VALUES)}
        return value | {name: spoilt(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], spoilt(rng, value[at]), *value[at + 1 :]]
    return rng.choice(JSON_VALUES) if rng.random() < 0.6 else text(rng)


def dumped(value: Any) -> bytes:
    """Return JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
