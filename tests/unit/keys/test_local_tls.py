"""The certificate for trying out on loopback: made once, made anew before it ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography import x509

from keys import local_tls

DAY = 24 * 3600
NOW = 1_800_000_000


def test_made_once_and_again_in_time(tmp_path: Path) -> None:
    certificate, key = local_tls.ensure(tmp_path / "tls", now=NOW)
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert local_tls.ensure(tmp_path / "tls", now=NOW + 366 * DAY) == (certificate, key)
    assert certificate.read_bytes() == first
    local_tls.ensure(tmp_path / "tls", now=NOW + 368 * DAY)
    assert certificate.read_bytes() != first
    found = x509.load_pem_x509_certificate(first)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)


def test_a_damaged_one_is_replaced(tmp_path: Path) -> None:
    certificate, _ = local_tls.ensure(tmp_path, now=NOW)
    certificate.write_text("damaged")
    local_tls.ensure(tmp_path, now=NOW)
    assert x509.load_pem_x509_certificate(certificate.read_bytes())


def test_programs_that_start_at_once_have_one_pair(tmp_path: Path) -> None:
    start = threading.Barrier(16)

    def ensure(_: int) -> bytes:
        start.wait()
        certificate, key = local_tls.ensure(tmp_path / "tls", now=NOW)
        return certificate.read_bytes() + key.read_bytes()

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ensure, range(16)))) == 1
