"""Coming in: the way to sign in and back, wrong passwords, the first admin, the language; readable by everybody."""

from __future__ import annotations

import re

import pytest
from tests.interfaces.browsing import audit, sideways
from tests.interfaces.site import NOON, PASSWORD, clock_from, served

from segmentary.workspace.opening import init_workspace

LONG = "staple orbit velvet canoe"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A server on a workspace nobody has come into."""
    with (
        init_workspace(tmp_path_factory.mktemp("fresh") / "shop", clock=clock_from(NOON)) as workspace,
        served(workspace) as found,
    ):
        yield found


def test_a_page_leads_to_signing_in_and_back(bare):
    bare.session("analyst")
    with bare.stranger() as client:
        asked = client.get("/segments", params={"q": "a b"})
        assert asked.status_code == 303
        place = asked.headers["location"]
        assert place == "/login?next=%2Fsegments%3Fq%3Da%2Bb"
        assert 'value="/segments?q=a+b"' in client.get(place).text
        form = {"user": "analyst", "password": PASSWORD, "next": "/segments?q=a+b"}
        done = client.post("/login", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/segments?q=a+b")
        assert "HttpOnly" in done.headers["set-cookie"]
        assert client.get("/api/v1/session").json()["role"] == "analyst"
        assert client.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https://evil.example", "/\\evil.example", "/login", "javascript:x"]
)
def test_nobody_is_led_elsewhere(bare, evil):
    bare.session("analyst")
    with bare.stranger() as client:
        done = client.post("/login", data={"user": "analyst", "password": PASSWORD, "next": evil})
        assert done.headers["location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_was_wrong(bare):
    bare.session("analyst")
    with bare.stranger() as client:
        texts = {
            re.sub(r"\s+", " ", client.post("/login", data={"user": user, "password": "wrong wrong wrong"}).text)
            for user in ("analyst", "nobody-at-all")
        }
    assert len(texts) == 1
    assert "nobody-at-all" not in texts.pop()


def test_what_one_may_not_do_is_a_page(bare):
    with bare.client("viewer") as client:
        refused = client.get("/settings/users")
        missing = client.get("/no-such-page")
    assert refused.status_code == 403
    assert "You may not do this" in refused.text
    assert missing.status_code == 404
    assert "There is nothing here" in missing.text


def test_signing_out_is_at_once(bare):
    begun = bare.session("analyst")
    with bare.stranger(cookies={bare.cookie: begun.token}, headers={"origin": bare.url}) as client:
        assert client.post("/logout", data={"csrf": "wrong"}).status_code == 403
        assert client.post("/logout", data={"csrf": begun.csrf}).headers["location"] == "/login"
    with bare.stranger(cookies={bare.cookie: begun.token}) as client:
        assert client.get("/api/v1/session").status_code == 401


def test_the_language_stays(bare):
    begun = bare.session("analyst")
    with bare.stranger(cookies={bare.cookie: begun.token}, headers={"origin": bare.url}) as client:
        chosen = client.post("/language", data={"csrf": begun.csrf, "language": "de", "next": "/settings"})
        assert chosen.headers["location"] == "/settings"
        assert "Einstellungen" in client.get("/settings").text


def test_the_first_admin_comes_in_by_the_link_of_the_console(fresh, browser):
    secret = fresh.serving.access.setup_secret()
    context = browser.new_context(base_url=fresh.url, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto("/")
    assert "Nobody can sign in yet" in page.inner_text("main")
    assert audit(page) == []
    page.goto(f"/setup?secret={secret}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert audit(page) == []
    assert not sideways(page)
    page.keyboard.press("Escape")
    page.get_by_label("Name or mail address").fill("ada@example.com")
    page.get_by_label("Password").fill("password1234")
    page.keyboard.press("Enter")
    assert "everybody tries first" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Name or mail address").input_value() == "ada@example.com"
    page.get_by_label("Password").fill(LONG)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{fresh.url}/")
    context.close()
    with fresh.stranger() as client:
        assert client.get("/setup", params={"secret": secret}).headers["location"] == "/login"
        assert client.post("/setup", data={"secret": secret, "user": "eve", "password": LONG}).status_code == 303
    assert fresh.serving.access.setup_secret() == ""
    assert [one.action for one in fresh.serving.access.log_page(None, 10)] == ["set up"]


def test_signing_in_by_keyboard(bare, browser):
    bare.session("analyst")
    context = browser.new_context(base_url=bare.url)
    page = context.new_page()
    page.goto("/settings")
    assert audit(page) == []
    page.keyboard.type("analyst")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{bare.url}/settings")
    assert page.locator("h1").inner_text() == "Settings"
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url(f"{bare.url}/login")
    context.close()


def test_a_new_key_is_shown_and_made_once(bare, browser):
    page = bare.page(browser)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/settings/keys")
    page.get_by_label("What uses it").fill("made in the browser")
    page.get_by_role("button", name="Make the key").dblclick()
    assert page.locator("#made code").inner_text().startswith("seg_w_")
    assert len(sent) == 1
    page.context.close()


def test_who_signs_in_anew_elsewhere_loses_nothing(bare, browser):
    page = bare.page(browser)
    page.goto("/settings/keys")
    page.get_by_label("What uses it").fill("written before")
    page.context.add_cookies([{"name": bare.cookie, "value": bare.session("admin").token, "url": bare.url}])
    page.get_by_role("button", name="Make the key").click()
    assert page.locator("#made code").inner_text().startswith("seg_w_")
    page.context.close()
