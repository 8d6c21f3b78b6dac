"""The errors that a person may see: one type with a public text and a private detail, one writer (`idp.web.errors`).

The protocol's own errors are Authlib's `OAuth2Error`, written by `idp.oauth`.
"""

from http import HTTPStatus


class PageError(Exception):
    """End the request with an error page.

    `title` and `message` are shown, so they are translated and say what to do next; `detail` goes only to the log. `next_url` is where the page's
    one button leads, and `next_label` what it says; without them it leads to the front page.
    """

    def __init__(
        self,
        status: HTTPStatus,
        title: str,
        message: str,
        *,
        detail: str = "",
        retry_after: int = 0,
        next_url: str = "",
        next_label: str = "",
    ) -> None:
        super().__init__(detail or message)
        self.status = status
        self.title = title
        self.message = message
        self.detail = detail
        self.retry_after = retry_after
        self.next_url = next_url
        self.next_label = next_label
