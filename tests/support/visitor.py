"""A browser without a screen or scripts: follows links, keeps cookies, fills in the forms that it is shown."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests

_TIMEOUT = 20
_PASSWORD = "demo-PASSWORD-1"


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append(Form(has.get("action", ""), has.get("method", "get").lower()))
        elif self.found and (name := has.get("name")) and tag in {"input", "select", "textarea", "button"}:
            form = self.found[-1]
            form.names.add(name)
            self._select = name if tag == "select" else ""
            if tag == "input" and (has.get("type") not in {"checkbox", "radio", "submit"} or "checked" in has):
                form.fields[name] = has.get("value", "")
        elif self._select and tag == "option" and ("selected" in has or self._select not in self.found[-1].fields):
            self.found[-1].fields[self._select] = has.get("value", "")


class Visitor:
    """One person's browser. `stop_at` is an address that isn't fetched: the client's redirect URI."""

    def __init__(self, *, verify: str | bool = True, stop_at: str = "") -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = verify
        self.session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        self._stop_at = stop_at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._follow("GET", url, **options)

    def fill(self, page: requests.Response, **fields: str) -> requests.Response:
        """Send the form of `page` that has all these fields, the others as they are."""
        forms = [form for form in _Forms(page.text).found if form.names >= fields.keys()]
        assert forms, f"no form with {sorted(fields)} on {page.url} ({page.status_code}):\n{page.text[:3000]}"
        url = urljoin(page.url, forms[0].action) if forms[0].action else page.url
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        return self._follow("POST", url, data={**forms[0].fields, **fields}, headers={"Origin": origin})

    def sign_in(self, page: requests.Response, username: str = "alice", password: str = _PASSWORD) -> requests.Response:
        return self.fill(page, username=username, password=password)

    def token(self, page: requests.Response) -> str:
        """Return the token of the page's first form that has one."""
        return next(form.fields["csrf_token"] for form in _Forms(page.text).found if "csrf_token" in form.fields)

    def _follow(self, method: str, url: str, **options: Any) -> requests.Response:
        response = self.session.request(method, url, allow_redirects=False, timeout=_TIMEOUT, **options)
        for _hop in range(15):
            if not response.is_redirect:
                return response
            target = urljoin(response.url, response.headers["Location"])
            if self._stop_at and target.startswith(self._stop_at):
                return response
            response = self.session.get(target, allow_redirects=False, timeout=_TIMEOUT)
        raise AssertionError(f"round in circles at {response.url}")
