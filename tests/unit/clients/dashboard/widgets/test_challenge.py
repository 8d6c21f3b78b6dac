"""Challenges as services write them (RFC 9110 section 11.6.1, RFC 6750 section 3, RFC 9470 section 3)."""

import pytest

from clients.dashboard.widgets.challenge import asked, bearer

STRONGER = 'Bearer realm="r", error="insufficient_user_authentication", acr_values="aal2", max_age="300"'


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([STRONGER], ("aal2", 300)),
        (["bearer  error=insufficient_user_authentication,max_age=5 , acr_values = aal3"], ("aal3", 5)),
        (['Basic realm="x, Bearer error=\\"no\\""', STRONGER], ("aal2", 300)),
        ([f'Basic realm="a", Negotiate, {STRONGER}, Digest realm="d", nonce=x'], ("aal2", 300)),
        (['Bearer error="insufficient_user_authentication", acr_values="urn:x aal3 aal2"'], ("aal2", None)),
        (['Bearer error="insufficient_user_authentication", max_age="-1"'], ("", None)),
        (['Bearer error="insufficient_user_authentication", max_age="9' + "9" * 30 + '"'], ("", None)),
        (["Bearer"], ("", None)),
        (["DPoP algs=\"ES256\", Bearer error='x'"], ("", None)),
        ([""], ("", None)),
        ([], ("", None)),
        (['=,=,\x00"Bearer', "Bearer " + "a=" * 10_000], ("", None)),
    ],
)
def test_what_is_asked(values: list[str], wanted: tuple[str, int | None]) -> None:
    assert asked(bearer(values)) == wanted


def test_the_one_that_says_what_is_wrong() -> None:
    assert bearer(['Bearer realm="a"', 'Bearer error="invalid_token"'])["error"] == "invalid_token"
    assert bearer(['Bearer realm="quo\\"ted"'])["realm"] == 'quo"ted'
    assert bearer(['Bearer error="one", error="two"'])["error"] == "one"
    assert bearer(['Basic realm="a", error="no"']) == {}
