"""Links nobody can make up, change, or use for somebody else; one click as RFC 8058 wants it."""

import string

import pytest

from segmentary.activation.unsubscribe import Unsubscribe, headers, link, mailto, one_click, read, token
from segmentary.errors import UsageError

OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32
SAID = Unsubscribe("c 7/ü", "email", "marketing", "autumn-1.abc")


def made(key=NEW):
    return token(key, SAID.customer_id, SAID.channel, SAID.purpose, SAID.message)


def test_a_link_says_who_and_from_what():
    url = link(NEW, "https://shop.example/u?lang=de", "c 7/ü", "email", "marketing", "autumn-1.abc")
    base, _, signed = url.rpartition("&t=")
    assert base == "https://shop.example/u?lang=de"
    assert set(signed) <= set(string.ascii_letters + string.digits + "-_.")
    assert read(NEW, signed) == SAID
    assert SAID.evidence == "unsubscribe link in message autumn-1.abc"


def test_keys_can_be_replaced_and_retired():
    before = made(OLD)
    assert read([OLD, NEW], before) == read([OLD, NEW], made()) == SAID
    assert token([OLD, NEW], "c", "e", "m", "x") == token(NEW, "c", "e", "m", "x")
    with pytest.raises(UsageError, match="not one of ours"):
        read([NEW], before)


def test_every_change_is_refused():
    signed = made()
    tampered = [signed[:n] + ("A" if signed[n] != "A" else "B") + signed[n + 1 :] for n in range(len(signed) - 1)]
    for bad in [*tampered, "", ".", "a.b", signed[:-2], signed + "x", made(FOREIGN), "ü" * 9, "x" * 9_999, signed * 2]:
        with pytest.raises(UsageError, match="not one of ours"):
            read(NEW, bad)


@pytest.mark.parametrize("content", [["1", "a", "b", "c", "d"], [1, "a", "b", "c"], [1, 2, 3, 4, 5], {"a": 1}, None])
def test_what_is_signed_by_us_for_something_else_is_refused(content):
    from segmentary.activation.unsubscribe import signer

    with pytest.raises(UsageError):
        read(NEW, signer(NEW).dumps(content))


def test_one_click_wants_its_body():
    parts = '--XX\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--XX--\r\n'
    assert one_click(NEW, made(), b"List-Unsubscribe=One-Click") == SAID
    assert one_click(NEW, made(), parts, "multipart/form-data; boundary=XX") == SAID
    for body in (b"", b"List-Unsubscribe=No", b"a=b", "x" * 9_999):
        with pytest.raises(UsageError, match="one-click"):
            one_click(NEW, made(), body)


def test_headers_of_a_mail():
    url = "https://shop.example/u?t=abc"
    assert headers(url, mailto("stop@shop.example", "abc")) == {
        "List-Unsubscribe": "<https://shop.example/u?t=abc>, <mailto:stop@shop.example?subject=unsubscribe%20abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert headers("mailto:stop@shop.example?subject=x") == {"List-Unsubscribe": "<mailto:stop@shop.example?subject=x>"}
    assert headers("") == {}
    with pytest.raises(UsageError):
        headers("https://x.example/\r\nBcc: all@evil.example")


@pytest.mark.parametrize("base", ["http://shop.example/u", "ftp://x", "shop.example", "javascript:alert(1)"])
def test_links_are_https(base):
    with pytest.raises(UsageError):
        link(NEW, base, "c", "email", "marketing", "m")


def test_short_keys_protect_nothing():
    with pytest.raises(UsageError):
        token(b"short", "c", "email", "marketing", "m")
