from flask import Flask, request
from werkzeug.wrappers import Response

from idp.accounts.cookies import SLOTS, SessionCookies


def headers(response: Response) -> list[str]:
    return response.headers.getlist("Set-Cookie")


def test_under_https_no_neighbour_can_plant_one() -> None:
    response = Response()
    SessionCookies(secure=True).set(response, 2, "sid.secret", max_age=60)
    session, active = headers(response)
    assert session.startswith("__Host-sso_2=sid.secret; ")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=60"):
        assert attribute in session
    assert "Domain" not in session
    assert active.startswith("__Host-sso_active=2; ")


def test_a_session_that_is_not_remembered_ends_with_the_browser() -> None:
    response = Response()
    SessionCookies(secure=False).set(response, 0, "sid.secret", max_age=None)
    assert "Max-Age" not in headers(response)[0]
    assert "Secure" not in headers(response)[0]


def test_the_active_one_is_read_first() -> None:
    cookies = {"sso_0": "a", "sso_3": "b", "sso_4": "", "sso_9": "c", "sso_active": "3"}
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with Flask("test").test_request_context(headers={"Cookie": header}):
        assert SessionCookies(secure=False).read(request) == [(3, "b"), (0, "a")]


def test_clear_one_or_all() -> None:
    one, everything = Response(), Response()
    SessionCookies(secure=False).clear(one, 1)
    SessionCookies(secure=False).clear(everything)
    assert len(headers(one)) == 1
    assert len(headers(everything)) == SLOTS + 1
