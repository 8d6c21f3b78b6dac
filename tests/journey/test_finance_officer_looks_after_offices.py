"""As finance officer I create an office, hand its code over, store documents, and see who tried what."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from clients.pairing.demo import sample_pdf
from tests.journey.steps import heading, look, sign_in
from tests.support.stack import Stack

DEMO_PASSWORD = "demo-PASSWORD-1"


def test_offices_codes_documents_and_attempts(page: Page, stack: Stack, tmp_path: Path) -> None:
    code = create(page, stack)
    store_one(page, tmp_path)
    store_many(page, stack, tmp_path)
    replace(page, code)


def create(page: Page, stack: Stack) -> str:
    page.goto(f"{stack.pairing}/finance")
    sign_in(page, "finn", DEMO_PASSWORD)
    heading(page, "Offices and Member States")
    look(page, "finance-overview")
    page.get_by_role("link", name="New office").click()
    page.get_by_label("Customer ID").fill("1234")
    page.get_by_label("Name", exact=True).fill("<b>Ruritania</b>")
    page.locator("#create").click()
    expect(page.locator("#error")).to_be_focused()
    look(page, "finance-new-office-wrong")
    page.get_by_label("Customer ID").fill("60001")
    page.get_by_label("Name", exact=True).fill("Patent Office of Ruritania")
    page.locator("#create").click()
    heading(page, "The new Access Code")
    code = page.locator("#code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{10}", code)
    look(page, "finance-code-once")
    page.get_by_role("link", name="I have handed it over").click()
    heading(page, "Patent Office of Ruritania")
    expect(page.get_by_text(code)).not_to_be_visible()
    return code


def store_one(page: Page, tmp_path: Path) -> None:
    page.get_by_role("link", name="Store a document").last.click()
    heading(page, "Store a document")
    (tmp_path / "wrong.pdf").write_bytes(b"<html>not a PDF</html>")
    (tmp_path / "right.pdf").write_bytes(sample_pdf(["Hague", "March 2024"]))
    page.get_by_label("Year").fill("2024")
    page.get_by_label("Month").select_option("3")
    page.get_by_label("Title").fill("Hague distribution March 2024")
    page.get_by_label("PDF file").set_input_files(tmp_path / "wrong.pdf")
    page.locator("#store").click()
    expect(page.locator("#error")).to_contain_text("This isn’t a whole PDF file.")
    look(page, "finance-document-wrong")
    page.get_by_label("PDF file").set_input_files(tmp_path / "right.pdf")
    page.locator("#store").click()
    expect(page.get_by_text("is stored.")).to_be_visible()
    look(page, "finance-office")


def store_many(page: Page, stack: Stack, tmp_path: Path) -> None:
    page.goto(f"{stack.pairing}/finance/documents/many")
    look(page, "finance-many")
    names = [f"report-{month}.pdf" for month in (4, 5)]
    for name in names:
        (tmp_path / name).write_bytes(sample_pdf([name]))
    lines = ["customer_id,type,year,month,title,file", "60001,hague,2024,4,April,report-4.pdf"]
    (tmp_path / "list.csv").write_text("\n".join([*lines, "6001,hague,2024,5,May,report-5.pdf"]))
    page.get_by_label("CSV file", exact=True).set_input_files(tmp_path / "list.csv")
    page.get_by_label("PDF files", exact=True).set_input_files([tmp_path / name for name in names])
    page.locator("#check").click()
    expect(page.locator("#error")).to_contain_text("Line 3: customer_id has to be 5 or 6 digits.")
    look(page, "finance-many-wrong")
    (tmp_path / "list.csv").write_text("\n".join([*lines, "60001,hague,2024,5,May,report-5.pdf"]))
    page.get_by_label("CSV file", exact=True).set_input_files(tmp_path / "list.csv")
    page.get_by_label("PDF files", exact=True).set_input_files([tmp_path / name for name in names])
    page.locator("#check").click()
    heading(page, "Store these documents?")
    expect(page).to_have_url(re.compile("/finance/batches/"))
    page.reload()
    heading(page, "Store these documents?")
    look(page, "finance-batch")
    page.locator("#store").click()
    expect(page.get_by_text("Stored: 2 documents.")).to_be_visible()


def replace(page: Page, code: str) -> None:
    page.get_by_role("link", name="Manage Patent Office of Ruritania").click()
    page.get_by_role("link", name="Replace the code").click()
    look(page, "finance-replace")
    page.get_by_label("All pairings end").check()
    page.locator("#replace").click()
    heading(page, "The new Access Code")
    assert page.locator("#code").inner_text() != code

    page.get_by_role("link", name="Attempts").click()
    page.get_by_label("Show").select_option("everything")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Replaced the code").first).to_be_visible()
    look(page, "finance-attempts")


def test_nobody_else_gets_there(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.pairing}/finance")
    sign_in(page, "alice", DEMO_PASSWORD)
    heading(page, "This page isn’t for your account")
    look(page, "finance-not-for-you")
