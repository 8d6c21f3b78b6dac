"""`idp clients`: register the services that people sign in to."""

from pathlib import Path
from typing import Any

import click
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.commands.shared import actor, as_json, core, show, table
from idp.oauth.client import ClientMetadata
from idp.oauth.client_auth import METHODS
from idp.oauth.ports import ACR_VALUES, STRONG_METHODS
from idp.oauth.registration import GRANT_TYPES
from keys.ring import Algorithm


@click.group("clients")
def group() -> None:
    """Services that people sign in to, and services that call APIs."""


@group.command("add")
@click.option("--name", required=True, help="What people see when they sign in.")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    help="Where answers go; compared character by character. Repeatable.",
)
@click.option(
    "--post-logout-redirect-uri",
    "post_logout_redirect_uris",
    multiple=True,
    help="Where people may return after signing out.",
)
@click.option("--backchannel-logout-uri", default="", help="Where the service is told that a session ended.")
@click.option(
    "--auth-method",
    type=click.Choice(METHODS),
    default=None,
    help="How the client authenticates [client_secret_basic].",
)
@click.option("--scope", "scopes", multiple=True, help="What it may ask for, values separated by spaces. Repeatable.")
@click.option(
    "--grant", "grants", multiple=True, type=click.Choice(GRANT_TYPES), help="How it may get tokens. Repeatable."
)
@click.option(
    "--audience", "audiences", multiple=True, help="An API (its URI) that its access tokens may be for. Repeatable."
)
@click.option(
    "--resource-server",
    "resource_servers",
    multiple=True,
    help="An API that it is itself: it may introspect its tokens.",
)
@click.option("--jwks-uri", default="", help="Its public keys, for private_key_jwt.")
@click.option(
    "--jwks", "jwks_file", type=click.Path(exists=True, path_type=Path), help="A file with its public keys (JWK set)."
)
@click.option(
    "--id-token-alg", default="RS256", type=click.Choice(["RS256", "ES256"]), help="What its ID tokens are signed with."
)
@click.option(
    "--default-acr-values",
    multiple=True,
    type=click.Choice(ACR_VALUES),
    help="How strongly people have to sign in when a request doesn't say; less than the weakest is never enough. Repeatable,"
    " the preferred one first.",
)
@click.option(
    "--allowed-method",
    "allowed_methods",
    multiple=True,
    type=click.Choice(STRONG_METHODS),
    help="A method of strong authentication that counts for it [all of them]. Repeatable.",
)
@click.option("--client-uri", default="", help="Its home page.")
@click.option("--public", is_flag=True, help="It can't keep a secret: an app on a device or in a browser.")
@click.option("--first-party", is_flag=True, help="Run by us: people aren't asked for consent.")
@as_json
def add(
    *,
    name: str,
    redirect_uris: tuple[str, ...],
    post_logout_redirect_uris: tuple[str, ...],
    backchannel_logout_uri: str,
    auth_method: str | None,
    scopes: tuple[str, ...],
    grants: tuple[str, ...],
    audiences: tuple[str, ...],
    resource_servers: tuple[str, ...],
    jwks_uri: str,
    jwks_file: Path | None,
    id_token_alg: Algorithm,
    default_acr_values: tuple[str, ...],
    allowed_methods: tuple[str, ...],
    client_uri: str,
    public: bool,
    first_party: bool,
    as_json: bool,
) -> None:
    """Register a client and print its id and, this once, its secret."""
    if public and auth_method not in {None, "none"}:
        raise click.UsageError("--public means --auth-method none: leave one of them out.")
    new = ClientMetadata(
        client_name=name,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        backchannel_logout_uri=backchannel_logout_uri,
        grant_types=grants or (("authorization_code",) if redirect_uris else ("client_credentials",)),
        scope=" ".join(scopes) or "openid profile email",
        token_endpoint_auth_method="none" if public else auth_method or "client_secret_basic",
        id_token_signed_response_alg=id_token_alg,
        jwks=_public_keys(jwks_file) if jwks_file else None,
        jwks_uri=jwks_uri,
        client_uri=client_uri,
        first_party=first_party,
        audiences=audiences,
        resource_server=resource_servers,
        default_acr_values=default_acr_values,
        allowed_methods=allowed_methods,
    )
    with core() as made:
        client_id, secret = made.registration.add(new, actor=actor())
        result = {"client_id": client_id}
        if secret:
            result["client_secret"] = secret
        show(result | {"issuer": made.settings.issuer}, as_json=as_json)
        if secret and not as_json:
            click.echo("The secret is shown this once: keep it where the service finds it.")


def _public_keys(file: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(file.read_bytes())
        keys = KeySet.import_key_set(document).keys
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise click.BadParameter(
            f"{file} isn't a JWK set (RFC 7517): write {{\"keys\": […]}} with the client's public keys.",
            param_hint="--jwks",
        ) from error
    if not keys or any(key.key_type == "oct" or key.is_private for key in keys):
        raise click.BadParameter(
            f"{file} must hold public keys only, at least one: keep the private ones at the client.",
            param_hint="--jwks",
        )
    return {"keys": document["keys"]}


@group.command("list")
@as_json
def list_clients(*, as_json: bool) -> None:
    """List the clients."""
    with core() as made:
        columns = ("client_id", "client_name", "token_endpoint_auth_method", "grant_types", "source", "secrets")
        table(
            made.registration.list(),
            columns,
            as_json=as_json,
            empty="No client is registered yet: idp clients add --help",
        )


@group.command("rotate-secret")
@click.argument("client_id")
@click.option(
    "--overlap", default=24 * 3600, show_default=True, help="Seconds for which the secret before stays valid."
)
@as_json
def rotate_secret(*, client_id: str, overlap: int, as_json: bool) -> None:
    """Give a client a new secret; the one before stays valid for a while."""
    with core() as made:
        secret = made.registration.new_secret(client_id, overlap=overlap, actor=actor())
        show({"client_id": client_id, "client_secret": secret}, as_json=as_json)


@group.command("remove")
@click.argument("client_id")
@as_json
def remove(*, client_id: str, as_json: bool) -> None:
    """Remove a client and end its tokens."""
    with core() as made:
        made.registration.remove(client_id, actor=actor())
        show({"client_id": client_id, "removed": True}, as_json=as_json)
