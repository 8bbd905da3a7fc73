"""The page of previews: everything on it is escaped, mails are in frames without rights."""

from segmentary.activation.previews import Shown, preview_page


def test_nothing_on_the_page_is_live():
    bad = "<script>alert(1)</script>\"'"
    page = preview_page(
        bad, bad, {"sender": bad}, [Shown(bad, bad, bad, bad, bad, bad, f"<html>{bad}</html>", (bad,), bad, "")]
    )
    assert "<script" not in page
    assert page.count("<iframe sandbox ") == 2
    assert "default-src 'none'" in page


def test_who_gets_none_is_shown_with_the_reason():
    page = preview_page("autumn", "sms", {}, [Shown("a", "asked for", "c1", "", "", "", "", (), "", "no text")])
    assert "Gets no message:" in page
    assert "<iframe" not in page
    text = preview_page("autumn", "sms", {}, [Shown("a", "asked for", "c1", "", "", "Hello", "", (), "", "")])
    assert "<pre>Hello</pre>" in text
