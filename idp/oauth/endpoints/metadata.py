"""The discovery document (OpenID Connect Discovery 1.0, RFC 8414), computed from the code that enforces it."""

import orjson
from authlib.oidc.discovery import OpenIDProviderMetadata

from config.settings import ProviderSettings
from idp.oauth import client_auth, ports, scopes
from idp.oauth.authorization import checks
from idp.oauth.server import GRANTS

PATHS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/end-session",
}


def document(settings: ProviderSettings) -> bytes:
    """Return the metadata as JSON, checked by Authlib's own reading of the specification."""
    methods = list(client_auth.METHODS)
    secret_methods = [method for method in methods if method != "none"]
    metadata = OpenIDProviderMetadata(
        {
            "issuer": settings.issuer,
            **{name: settings.issuer + path for name, path in PATHS.items()},
            "scopes_supported": list(scopes.STANDARD),
            "response_types_supported": sorted(checks.RESPONSE_TYPES),
            "response_modes_supported": sorted(checks.RESPONSE_MODES),
            "grant_types_supported": [str(grant.GRANT_TYPE) for grant in GRANTS],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": list(client_auth.ASSERTION_ALGORITHMS),
            "introspection_endpoint_auth_methods_supported": secret_methods,
            "introspection_endpoint_auth_signing_alg_values_supported": list(client_auth.ASSERTION_ALGORITHMS),
            "revocation_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_signing_alg_values_supported": list(client_auth.ASSERTION_ALGORITHMS),
            "code_challenge_methods_supported": sorted(checks.CODE_CHALLENGE_METHODS),
            "claims_supported": [
                "sub",
                "acr",
                "amr",
                "auth_time",
                "sid",
                *sorted(name for names in scopes.CLAIMS_OF_SCOPE.values() for name in names),
            ],
            "claim_types_supported": ["normal"],
            "acr_values_supported": list(ports.ACR_VALUES),
            "prompt_values_supported": sorted(checks.PROMPTS),
            "ui_locales_supported": list(settings.languages),
            "service_documentation": f"{settings.issuer}/help",
            "op_policy_uri": f"{settings.issuer}/help/privacy",
            "op_tos_uri": f"{settings.issuer}/help/terms",
            "claims_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
    )
    metadata.validate()
    return orjson.dumps(dict(metadata))
