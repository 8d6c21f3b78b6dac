"""The security headers of every page."""

from urllib.parse import urlsplit

from flask import Flask, Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def install(app: Flask, issuer: str, *, https: bool) -> None:
    """Add the headers to each response that hasn't set them itself; a page that doesn't say otherwise is never stored."""
    provider = urlsplit(issuer)
    headers = {
        # Browsers check `form-action` against redirects too, and signing out leads from a form to the provider.
        "Content-Security-Policy": f"{_POLICY} {provider.scheme}://{provider.netloc}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cache-Control": "no-store",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
