"""Pages of campaigns and chat: all open, hostile texts stay texts, previews are caged, a campaign is composed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'"
PAGES = [
    "/campaigns/new", "/campaigns/garden_letters", "/campaigns/garden_week/document", "/campaigns/garden_week/people",
    "/campaigns/garden_week/people?reason=no_consent", "/campaigns/garden_letters/result?peek=true", "/messages",
    "/messages/new", "/messages/garden/document", "/offers", "/offers/new", "/offers/spring", "/journeys",
    "/journeys/new", "/journeys/welcome_back/document", "/chat", "/chat/bots", "/chat/bots/flora", "/u",
]  # fmt: skip


@pytest.fixture(scope="module")
def client(site):
    with site.client("admin") as found:
        yield found


def test_every_page_opens_in_both_languages_and_for_who_may_only_read(site, client):
    for address in PAGES:
        expected = 404 if address == "/u" else 200
        english = client.get(address)
        assert english.status_code == expected, address
        assert not re.search(r"<script(?! type=\"(application/json|module)\")", english.text)
        assert not re.search(r"\sstyle=|\son[a-z]+=", english.text)
    for address, words in (("/campaigns/new", "Neue Kampagne"), ("/chat", "Wer spricht"), ("/outbox", "Postausgang")):
        german = client.get(address, headers={"accept-language": "de"}).text
        assert 'lang="de"' in german
        assert words in german
    for address in ("/campaigns/nobody", "/messages/nobody", "/journeys/nobody", "/chat/transcripts/nobody"):
        assert client.get(address).status_code == 404
    with site.client("viewer") as viewer:
        shown = viewer.get("/campaigns/garden_week")
        assert shown.status_code == 200
        assert "Send to" not in shown.text
        assert "iframe" not in shown.text
        assert viewer.get("/chat/transcripts/third").status_code == 403
        assert viewer.get("/messages/postcard/frame/green", params={"customer": "m00001"}).status_code == 403


def test_the_confirmation_says_how_many_and_who_is_left_out(client):
    text = client.get("/campaigns/garden_week").text
    shown = client.get("/api/v1/audiences/garden_week-1").json()
    many = shown["falls"][-1]["rest"]
    assert f"Send to {many} people?" in text
    assert shown["sentences"][0].replace("→", "")[:30] in text.replace("→", "")
    assert f'data-tag="{shown["tag"]}"' in text


def test_hostile_texts_stay_texts_and_a_preview_is_caged(client):
    message = {
        "message": "hostile", "title": HOSTILE,
        "variants": [{"variant": "a", "subject": HOSTILE, "text": HOSTILE, "html": HOSTILE + "<form action=//evil>"}],
    }  # fmt: skip
    assert client.put("/api/v1/messages/hostile", json=message).status_code in (200, 201)
    customer = client.get("/api/v1/audiences/garden_week-1/people?limit=1").json()["people"][0]["customer_id"]
    frame = client.get("/messages/hostile/frame/a", params={"customer": customer})
    assert frame.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "<script" not in frame.text
    for address in ("/messages", "/messages/hostile", f"/chat?bot=flora&said={HOSTILE}", f"/chat?customer={HOSTILE}"):
        assert "<img src=x" not in client.get(address).text, address
    client.delete("/api/v1/messages/hostile")


def test_a_campaign_is_composed_sent_and_the_bot_is_tried(site, browser):
    page = site.page(browser, viewport={"width": 1280, "height": 900})
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        page.goto("/campaigns/new")
        page.get_by_label("Name", exact=True).fill("winter_letter")
        page.locator("[name=segment]").first.select_option("pro")
        expect(page.locator("#reach .huge b")).not_to_be_empty()
        before = page.locator("#reach .falls li.rest .many").inner_text()
        page.locator("[name=holdout]").fill("40")
        expect(page.locator("#reach .falls li.rest .many")).not_to_have_text(before)
        page.locator("[name=channel]").select_option("file")
        page.locator("[name=purpose]").fill("service")
        page.locator("[name=message]").select_option("postcard")
        page.get_by_role("button", name="Save the campaign").click()
        page.wait_for_url("**/campaigns/winter_letter")
        page.get_by_role("button", name="Freeze the audience").click()
        opener = page.get_by_role("button", name=re.compile(r"Send to \d+ people …"))
        opener.click(timeout=20_000)
        page.get_by_role("checkbox", name="I have looked").check()
        page.get_by_role("button", name=re.compile(r"^Send to \d+ people$")).click()
        expect(page.locator("h1 .badge")).to_have_text("Sent", timeout=20_000)
        page.goto("/chat")
        page.get_by_label("Your words").fill("when are you open")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".bubbles .theirs").last).to_contain_text("9 to 18")
        assert wrong == []
    finally:
        page.context.close()
