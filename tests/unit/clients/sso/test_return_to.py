"""Where a person may be sent after signing in."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sso.return_to import local_path


@pytest.mark.parametrize("path", ["/", "/a/b?c=d&e=/f", "/a?next=https://other.example", "/%2F/x", "/ä"])
def test_keeps_a_path_of_this_service(path: str) -> None:
    assert local_path(path, "/home") == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "//x",
        "///x",
        "/\\x",
        "\\\\x",
        "http:/x",
        "https://x",
        "javascript:x",
        "/\nx",
        "/\t/x",
        " /x",
        "/" * 3000,
        "/callback?x",
    ],
)
def test_leads_home_instead_of_anywhere_else(path: str) -> None:
    assert local_path(path, "/home") == "/home"


@given(st.text(alphabet="/\\:?#@.\t\n ahtps%2F", max_size=12))
def test_never_leaves_the_origin(path: str) -> None:
    base = "https://portal.example/callback"

    assert urlsplit(urljoin(base, local_path(path, "/home"))).netloc == "portal.example"
