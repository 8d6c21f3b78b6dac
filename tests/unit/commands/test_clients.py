"""`idp clients`."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from tests.unit.commands.conftest import CommandLine

CALLBACK = "https://rp.example/callback"
WEB = ("clients", "add", "--name", "My app", "--redirect-uri", CALLBACK)


def listed(idp: CommandLine, client_id: str) -> dict[str, Any]:
    return next(one for one in idp.json("clients", "list") if one["client_id"] == client_id)


def test_add_with_every_option(idp: CommandLine) -> None:
    made = idp.json(
        *("clients", "add", "--name", "My app", "--redirect-uri", CALLBACK, "--redirect-uri", f"{CALLBACK}2"),
        *("--post-logout-redirect-uri", "https://rp.example/bye", "--backchannel-logout-uri", "https://rp.example/out"),
        *("--auth-method", "client_secret_post", "--scope", "openid profile", "--scope", "reports:read"),
        *("--grant", "authorization_code", "--grant", "refresh_token", "--grant", "client_credentials"),
        *("--audience", "https://api.example/a", "--resource-server", "https://api.example/b"),
        *("--id-token-alg", "ES256", "--client-uri", "https://rp.example", "--first-party"),
        *("--default-acr-values", "aal2", "--default-acr-values", "aal1"),
        *("--allowed-method", "webauthn", "--allowed-method", "totp"),
    )
    assert set(made) == {"client_id", "client_secret", "issuer"}
    client = listed(idp, made["client_id"])
    assert client["client_name"] == "My app"
    assert client["redirect_uris"] == [CALLBACK, f"{CALLBACK}2"]
    assert client["post_logout_redirect_uris"] == ["https://rp.example/bye"]
    assert client["backchannel_logout_uri"] == "https://rp.example/out"
    assert client["token_endpoint_auth_method"] == "client_secret_post"
    assert client["scope"] == "openid profile reports:read"
    assert client["grant_types"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert client["audiences"] == ["https://api.example/a"]
    assert client["resource_server"] == ["https://api.example/b"]
    assert client["id_token_signed_response_alg"] == "ES256"
    assert client["first_party"] is True
    assert client["default_acr_values"] == ["aal2", "aal1"]
    assert client["allowed_methods"] == ["webauthn", "totp"]
    assert client["secrets"] == 1


def test_defaults(idp: CommandLine) -> None:
    client = listed(idp, idp.json(*WEB)["client_id"])
    assert client["token_endpoint_auth_method"] == "client_secret_basic"
    assert client["grant_types"] == ["authorization_code"]
    assert client["scope"] == "openid profile email"
    assert client["first_party"] is False
    machine = listed(idp, idp.json("clients", "add", "--name", "Job", "--scope", "a:b")["client_id"])
    assert machine["grant_types"] == ["client_credentials"]


def test_the_secret_is_shown_once(idp: CommandLine) -> None:
    made = idp.json(*WEB)
    everything = idp.run("clients", "list").output + json.dumps(idp.json("clients", "list"))
    assert made["client_id"] in everything
    assert made["client_secret"] not in everything
    for file in idp.folder.rglob("*"):
        assert not file.is_file() or made["client_secret"].encode() not in file.read_bytes(), file


def test_as_text(idp: CommandLine) -> None:
    said = idp.run(*WEB).stdout
    assert "client_secret  cs_" in said
    assert "this once" in said


def test_a_public_client_has_no_secret(idp: CommandLine) -> None:
    made = idp.json("clients", "add", "--name", "App", "--redirect-uri", "http://127.0.0.1/callback", "--public")
    assert set(made) == {"client_id", "issuer"}
    assert listed(idp, made["client_id"])["token_endpoint_auth_method"] == "none"


def test_public_keys_from_a_file(idp: CommandLine) -> None:
    file = idp.folder / "jwks.json"
    file.write_text(json.dumps({"keys": [ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)]}))
    made = idp.json(*WEB, "--auth-method", "private_key_jwt", "--jwks", str(file))
    assert set(made) == {"client_id", "issuer"}
    assert "d" not in listed(idp, made["client_id"])["jwks"]["keys"][0]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1]",
        "{}",
        '{"keys": 1}',
        '{"keys": []}',
        '{"keys": [{"kty": "EC"}]}',
        '{"keys": [null]}',
        "private",
        "secret",
    ],
)
def test_a_file_of_other_keys_is_refused(idp: CommandLine, content: str) -> None:
    file = idp.folder / "jwks.json"
    keys = {"private": ECKey.generate_key("P-256"), "secret": OctKey.generate_key(256)}
    if key := keys.get(content):
        content = json.dumps({"keys": [key.as_dict(private=True)]})
    file.write_text(content)
    said = idp.refusal(*WEB, "--auth-method", "private_key_jwt", "--jwks", str(file))
    assert "public keys" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--name", " ", "--redirect-uri", CALLBACK), "Give the client a name"),
        (("--name", "a", "--redirect-uri", "http://rp.example/cb"), "Use https"),
        (("--name", "a", "--redirect-uri", "https://rp.example/cb#x"), "no fragment"),
        (("--name", "a", "--redirect-uri", "https://rp.example/*"), "no wildcard"),
        (("--name", "a", "--redirect-uri", "javascript:alert(1)"), "can't be used"),
        (("--name", "a", "--redirect-uri", "/callback"), "absolute"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--post-logout-redirect-uri", "nonsense"), "absolute"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--backchannel-logout-uri", "http://rp.example"), "https"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--auth-method", "private_key_jwt"), "public keys"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--auth-method", "mtls"), "is not one of"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--grant", "password"), "is not one of"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--grant", "refresh_token"), "go together"),
        (("--name", "a", "--grant", "authorization_code"), "go together"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--scope", "a  b"), "single spaces"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--public", "--auth-method", "client_secret_post"), "--public"),
        (("--name", "a", "--public", "--grant", "client_credentials"), "no credentials"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--default-acr-values", "aal9"), "is not one of"),
        (("--name", "a", "--redirect-uri", CALLBACK, "--allowed-method", "sms"), "is not one of"),
        (("--redirect-uri", CALLBACK), "Missing option '--name'"),
    ],
)
def test_what_is_refused_with_a_sentence(idp: CommandLine, options: tuple[str, ...], said: str) -> None:
    assert said in idp.refusal("clients", "add", *options)
    assert idp.json("clients", "list") == []


def test_a_new_secret_and_removal(idp: CommandLine) -> None:
    made = idp.json(*WEB)
    renewed = idp.json("clients", "rotate-secret", made["client_id"])
    assert set(renewed) == {"client_id", "client_secret"}
    assert renewed["client_secret"] != made["client_secret"]
    assert listed(idp, made["client_id"])["secrets"] == 2
    assert idp.json("clients", "remove", made["client_id"]) == {"client_id": made["client_id"], "removed": True}
    assert "There is no client" in idp.refusal("clients", "remove", made["client_id"])
    assert "There is no client" in idp.refusal("clients", "rotate-secret", "nobody")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DATABASE_URL": "mysql://x"}, "database_url: the database must be sqlite:///FILE or postgresql://"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "The database can't be used: connection failed"),
        ({"PROFILE": "staging"}, "PROFILE is 'staging'"),
        ({"IDP_PROT": "1"}, "prot isn't a setting"),
        ({"DATA_DIR": "/proc/none"}, "/proc/none"),
    ],
)
def test_settings_that_can_not_be_used(idp: CommandLine, environ: dict[str, str], said: str) -> None:
    assert said in idp.refusal("clients", "list", **environ)
