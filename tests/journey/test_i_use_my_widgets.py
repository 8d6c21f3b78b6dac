"""I use my widgets: clocks, links and searches that I keep, and notes that no lost connection and no second tab takes from me."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journey.steps import PASSWORD, heading, look, sign_in
from tests.support.stack import Stack

DATABASE = "https://patentscope.wipo.int/**"


def arrive(page: Page, stack: Stack, username: str, *widgets: str) -> None:
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, username)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")
    for key in widgets:
        box = page.locator(f"[data-choose] input[value='{key}']")
        if not box.is_checked():
            box.check()


def widget(page: Page, key: str) -> Locator:
    return page.locator(f"#w-{key}")


def drop(target: Locator, address: str, title: str) -> None:
    target.evaluate(
        """(element, [address, title]) => {
            const data = new DataTransfer();
            data.setData("text/uri-list", `# dragged\\r\\n${address}`);
            data.setData("text/html", `<a href="${address}">${title}</a>`);
            for (const type of ["dragover", "drop"])
                element.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [address, title],
    )


def test_what_i_keep(page: Page, stack: Stack) -> None:
    stack.add_person("wendela", "Wendela Berg", PASSWORD)
    arrive(page, stack, "wendela", "world-clock", "quick-links", "patent-search")

    clock = widget(page, "world-clock")
    clock.get_by_text("Add a city").click()
    clock.get_by_label("City").select_option("Africa/Nairobi")
    clock.get_by_role("button", name="Add").click()
    expect(clock.get_by_role("listitem")).to_have_count(1)
    expect(clock).to_contain_text("Nairobi")

    links = widget(page, "quick-links")
    drop(links.locator("quick-links"), "https://www.example.org/fees", "Fees & <i>deadlines</i>")
    expect(links.get_by_role("link", name="Fees & deadlines")).to_have_attribute("href", "https://www.example.org/fees")
    links.get_by_text("Add a link").click()
    links.get_by_label("Address").fill("javascript:alert(1)")
    links.get_by_role("button", name="Add", exact=True).click()
    expect(links.get_by_role("alert")).to_have_text("Enter an address like https://www.example.org.")
    links.get_by_label("Address").fill("example.com/forms")
    links.get_by_role("button", name="Add", exact=True).press("Enter")
    links.get_by_role("button", name="Move example.com up").press("Enter")
    expect(links.get_by_role("link").first).to_have_text("example.com")
    links.get_by_role("button", name="Remove Fees & deadlines").press("Enter")
    expect(links.get_by_role("link")).to_have_count(1)

    search = widget(page, "patent-search")
    search.get_by_role("searchbox").fill("wind & sun")
    search.get_by_role("button", name="Save").click()
    saved = search.get_by_role("link", name="wind & sun")
    expect(saved).to_have_attribute("href", "https://patentscope.wipo.int/search/en/result.jsf?query=wind%20%26%20sun")
    page.context.route(DATABASE, lambda route: route.fulfill(body="found", content_type="text/plain"))
    search.get_by_role("searchbox").fill("kettle")
    with page.context.expect_page() as opened:
        search.get_by_role("button", name="Search", exact=True).press("Enter")
    expect(opened.value.get_by_text("found")).to_be_visible()
    opened.value.close()
    look(page, "widgets-of-my-own")

    page.locator("html").evaluate("html => html.dir = 'rtl'")
    look(page, "widgets-of-my-own-rtl", narrow=False)


def test_my_notes_are_never_lost(page: Page, open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("noor", "Noor Rossi", PASSWORD)
    arrive(page, stack, "noor", "notepad")
    note, state = widget(page, "notepad").get_by_label("Your notes"), widget(page, "notepad").get_by_role("status")
    note.fill("call the office")
    expect(state).to_have_text("Saved")

    page.context.set_offline(True)
    note.press("End")
    note.press_sequentially(" on Monday")
    expect(state).to_contain_text("No connection.")
    # Even when the tab is closed meanwhile. What a closing tab sends, Chromium's emulation of "offline" lets through now and then.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.close()
    other = open_browser()
    arrive(other, stack, "noor", "notepad")
    elsewhere = widget(other, "notepad").get_by_label("Your notes")
    expect(elsewhere).to_have_value("call the office")
    elsewhere.fill("call the office\npay the fee")
    expect(widget(other, "notepad").get_by_role("status")).to_have_text("Saved")

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"{stack.dashboard}/dashboard")
    both = "call the office on Monday\npay the fee"
    expect(widget(again, "notepad").get_by_label("Your notes")).to_have_value(
        "call the office\npay the fee\ncall the office on Monday"
    )
    widget(again, "notepad").get_by_label("Your notes").fill(both)
    expect(widget(again, "notepad").get_by_role("status")).to_have_text("Saved")
    # The other tab sees it when somebody looks at it again.
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(elsewhere).to_have_value(both)


def test_without_javascript(open_browser: Callable[..., Page], stack: Stack) -> None:
    stack.add_person("jost", "Jost Weber", PASSWORD)
    page = open_browser(java_script_enabled=False)
    page.goto(f"{stack.dashboard}/dashboard")
    sign_in(page, "jost")
    heading(page, "Welcome, Jost Weber")
    note = widget(page, "notepad")
    note.get_by_label("Your notes").fill("by hand")
    note.get_by_role("button", name="Save").click()
    page.wait_for_url("**/dashboard#w-notepad")
    expect(note.get_by_label("Your notes")).to_have_value("by hand")
    links = widget(page, "quick-links")
    links.get_by_text("Add a link").click()
    links.get_by_label("Address").fill("nonsense")
    links.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Enter an address like https://www.example.org.")).to_be_visible()
    links.get_by_text("Add a link").click()
    links.get_by_label("Address").fill("example.org")
    links.get_by_role("button", name="Add", exact=True).click()
    expect(links.get_by_role("link", name="example.org")).to_be_visible()
