"""What stays of what a service wrote, and where links lead."""

import pytest

from clients.dashboard.messages import safe_html


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<ul><li><strong>x</strong></li></ul>", "<ul><li><strong>x</strong></li></ul>"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style>x", "x"),
        ("<p onclick=alert(1) style=color:red class=button id=main>x</p>", "<p>x</p>"),
        ("<img src=x onerror=alert(1)>x", "x"),
        ("<form action=/sign-out><button>x</button></form>", "x"),
        ("<iframe src=https://evil.example></iframe><svg><script>1</script></svg>", ""),
        ("<h1>x</h1>", "x"),
        ("<p>x<!-- y --></p>", "<p>x</p>"),
    ],
)
def test_only_what_is_allowed_stays(written: str, left: str) -> None:
    assert safe_html.cleaned(written) == left


BAD = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "/sign-out",
    "//evil.example",
    "http://evil.example",
    "https:evil.example",
    "https:\\\\evil.example",
    "https://good.example\\@evil.example",
    "https://good.example@evil.example/",
    "https://gооd.example/",
    "https://[::1]/",
    "https://evil.example\n.good.example",
    "https://",
    " https://evil.example",
    "mailto:a@example.org",
    "",
]


@pytest.mark.parametrize("address", BAD)
def test_addresses_that_lead_elsewhere_than_they_say(address: str) -> None:
    assert safe_html.host_of(address) == ""
    assert "href" not in safe_html.cleaned(f'<a href="{address}">x</a>')


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Example.ORG/a?b=c#d", "example.org"),
        ("https://xn--e1afmkfd.example:8443", "xn--e1afmkfd.example"),
        ("http://localhost:8004/drafts", "localhost"),
        ("https://example.org?next=https://evil.example", "example.org"),
    ],
)
def test_the_host_that_a_browser_goes_to(address: str, host: str) -> None:
    assert safe_html.host_of(address) == host


def test_a_link_names_its_host_and_opens_nothing() -> None:
    page = safe_html.shown('<p><a href="https://evil.example/?a=1&amp;b=2" target=_top>https://bank.example</a></p>')
    assert page == (
        '<p><a href="https://evil.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">https://bank.example</a>'
        ' <small class="host">(<bdi>evil.example</bdi>)</small></p>'
    )
    assert ">evil.example</a>" in safe_html.shown('<a href="https://evil.example/"><b> </b></a>')


def test_text_stays_text() -> None:
    assert safe_html.from_text("a < b\nc\n\n\n<b>d</b>\n") == "<p>a &lt; b<br>c</p><p>&lt;b&gt;d&lt;/b&gt;</p>"
    assert safe_html.text_of("<p>a &lt; b<br>c</p><ul><li>d</li></ul>") == "a < b c d"
