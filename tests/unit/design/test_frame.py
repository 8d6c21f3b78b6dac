import re
from pathlib import Path

import pytest
from flask import Flask, flash, g, render_template_string, request
from flask_wtf import CSRFProtect
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from config.design import Links, MenuItem, Person, register
from config.forms import BaseForm
from config.settings import Brand

FRAME = "{% extends 'design/frame.html' %}{% block title %}T{% endblock %}{% block main %}{{ message }}{% endblock %}"
FORM = (
    "{% from 'design/forms.html' import csrf, error_summary, field, resend, submit %}{{ error_summary(form, problem) }}{{ csrf(form) }}"
    "{{ field(form.username, hint='As on your card', autocomplete='username') }}{{ field(form.password) }}{{ field(form.terms) }}"
    "{{ field(form.kind) }}{{ field(form.country, optional=true) }}{{ field(form.code, code=true) }}{{ submit('Sign in', id='sign-in') }}{{ resend('Again', 30) }}"
)


class Form(BaseForm):
    username = StringField("Username", [InputRequired("Enter your username.")])
    password = PasswordField("Password")
    terms = BooleanField("I agree")
    kind = RadioField("I am", choices=["an applicant"])
    country = SelectField("Country", choices=["Kenya"])
    code = StringField("Code")


@pytest.fixture
def app(app: Flask) -> Flask:
    CSRFProtect(app)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return app


def _form(app: Flask, problem: str = "", **data: str) -> str:
    with app.test_request_context(method="POST", data=data):
        g.csrf_valid = True
        form = Form()
        form.validate()
        return render_template_string(FORM, form=form, problem=problem)


def test_the_frame_needs_nobody(app: Flask) -> None:
    with app.test_request_context():
        page = render_template_string(FRAME, message="hello")
    assert '<html lang="en" dir="ltr">' in page
    assert "<title>T · IP Account</title>" in page
    assert "hello" in page
    assert 'href="#main"' in page
    for link in Links.under()[:4]:
        assert f'href="{link}"' in page
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page), "the policy forbids what is inline"


def test_the_name_in_the_corner_and_its_menu(app: Flask) -> None:
    menu = [
        MenuItem("Messages", "/messages", "mail"),
        MenuItem("Sign out", "/sign-out", "sign-out", post=True, id="sign-out"),
    ]
    with app.test_request_context():
        page = render_template_string(FRAME, person=Person("<Alice>", menu, note="12345"))
    assert "&lt;Alice&gt;" in page
    assert "12345" in page
    assert 'href="/messages"' in page
    assert re.search(
        r'<form method="post" action="/sign-out"><input type="hidden" name="csrf_token".*id="sign-out"', page
    )


def test_flashes_are_said(app: Flask) -> None:
    with app.test_request_context():
        flash("Saved", "success")
        page = render_template_string(FRAME)
    assert re.search(r'class="message success" role="status">.*Saved', page)


def test_a_field_says_everything_beside_itself(app: Flask) -> None:
    page = _form(app)
    control = re.search(r"<input[^>]*id=\"username\"[^>]*>", page)
    assert control
    assert 'aria-describedby="username-hint username-error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert 'autocomplete="username"' in control[0]
    assert '<label for="username">Username</label>' in page
    assert re.search(r'id="username-error">.*Enter your username\.', page)
    assert 'href="#username"' in page
    assert re.search(r'id="error" role="alert"', page)


def test_what_was_typed_stays_but_never_the_password(app: Flask) -> None:
    page = _form(app, password="hunter2-hunter2", country="Kenya", code="12 34")
    assert "hunter2" not in page
    assert 'value="12 34"' in page


def test_a_form_without_errors_has_no_summary(app: Flask) -> None:
    page = _form(app, username="alice", kind="an applicant", country="Kenya")
    assert 'id="error"' not in page
    assert "<strong>" not in _form(app, problem="<strong>")


def test_codes_come_from_the_phone(app: Flask) -> None:
    control = re.search(r"<input[^>]*id=\"code\"[^>]*>", _form(app))
    assert control
    assert 'autocomplete="one-time-code"' in control[0]
    assert 'inputmode="numeric"' in control[0]


def test_translations_escape_what_is_put_in(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ _('100%% of %(name)s', name=n) }}", n="<b>") == "100% of &lt;b&gt;"
        assert (
            render_template_string("{% autoescape false %}{{ _('%(name)s', name=n) }}{% endautoescape %}", n="<b>")
            == "<b>"
        )
        assert render_template_string("{% trans n='<b>' %}Hi {{ n }}{% endtrans %}") == "Hi &lt;b&gt;"


def test_an_icon_is_silent_or_named(app: Flask) -> None:
    with app.test_request_context():
        assert 'aria-hidden="true"' in render_template_string("{{ icon('help') }}")
        assert 'aria-label="Help"' in render_template_string("{{ icon('help', label='Help') }}")
        assert "icon-mirror" in render_template_string("{{ icon('next') }}")


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("config.design.frame._HERE", tmp_path)
    with pytest.raises(RuntimeError, match=r"config\.design\.build"):
        register(Flask("test"), brand=Brand(), links=Links.under(), languages=("en",))


def test_the_preferred_language_is_asked_before_the_browsers() -> None:
    app = Flask("test")
    register(
        app, brand=Brand(), links=Links.under(), languages=("en", "fr"), preferred=lambda: request.args.get("mine")
    )
    app.add_url_rule("/", "page", lambda: render_template_string("{{ language().tag }}"))
    assert app.test_client().get("/?mine=fr", headers={"Accept-Language": "en"}).text == "fr"
