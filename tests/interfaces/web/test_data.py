"""Pages of data: from a file chosen in the browser, over its open question, to its account."""

HOSTILE = "<img src=x onerror=alert(1)>"
GUESTS = f"guest_id,email,{HOSTILE},joined\n" + "".join(
    f"g{i},g{i}@mail.example,{HOSTILE},{i % 11 + 1:02}/{i % 12 + 1:02}/2024\n" for i in range(30)
)


def test_a_file_chosen_in_the_browser_is_asked_about_and_loaded(site, browser):
    page = site.page(browser)
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto("/data")
    page.wait_for_selector("seg-drop.live")
    file = {"name": "guests.csv", "mimeType": "text/csv", "buffer": GUESTS.encode()}
    page.set_input_files("#files", file)
    page.wait_for_url("**/data/uploads/*")
    assert page.get_by_role("heading", name="How are the dates written?").is_visible()
    assert page.get_by_role("button", name="Load it").is_disabled()
    page.select_option("#date_order", "day_first")
    page.fill("#name", "guest_list")
    page.get_by_role("button", name="Look again with this").click()
    page.wait_for_selector("seg-job button:has-text('Load it')")
    page.get_by_role("button", name="Load it").click()
    page.wait_for_selector("text=Every row is accounted for")
    assert page.get_by_text("30 kept").is_visible()
    page.goto("/data/sources/guest_list")
    assert page.get_by_text("Every row was taken.").is_visible()
    assert alerts == []
    page.context.close()


def test_a_file_that_cannot_be_read_says_why_and_is_gone(site, browser):
    page = site.page(browser)
    page.goto("/data")
    page.wait_for_selector("seg-drop.live")
    page.set_input_files("#files", {"name": "broken.xlsx", "mimeType": "", "buffer": b"PK\x03\x04 no workbook"})
    page.wait_for_selector(".files .wrong")
    assert "workbook" in page.inner_text(".files .wrong")
    page.context.close()


def test_pages_are_readable_without_the_script_and_in_german(site):
    client = site.client("viewer")
    client.headers["accept-language"] = "de"
    found = client.get("/data")
    assert 'lang="de"' in found.text
    assert "Quellen" in found.text
    assert "seg-drop" not in found.text
    for address in ("/data/quality", "/data/identity", "/data/sources/order_lines"):
        assert client.get(address).status_code == 200
    assert client.get("/data/uploads/x").status_code == 403
    assert "<noscript>" in site.client("admin").get("/data").text
