import pytest

from idp.accounts.paths import own_path


@pytest.mark.parametrize("target", ["/", "/account?x=1", "/sign-in/01abc", "/a:b"])
def test_paths_here(target: str) -> None:
    assert own_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "account",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\n",
    ],
)
def test_ways_out(target: str) -> None:
    assert own_path(target) == ""
