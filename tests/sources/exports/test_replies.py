"""What somebody wrote stays; what they answered goes; nothing is lost where no quote is recognised."""

import pytest

from segmentary.sources.exports.replies import own_words, text_of_page


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ("Thanks!\n\n-- \nAnn\nShop street 1", "Thanks!"),
        ("Ja.\n\nAm 01.03.2026 um 10:00 schrieb Shop <s@x.org>:\n> Hallo", "Ja."),
        ("Oui\r\n\r\nLe 1 mars 2026 à 10:00, Shop a écrit :\r\n> Bonjour", "Oui"),
        ("No\n\n-----Original Message-----\nFrom: Shop\nSent: Monday\nHi", "No"),
        ("No\n\nFrom: Shop <s@x.org>\nSent: Monday, 1 March 2026\nTo: Ann\n\nHi", "No"),
        ("Yes\n\nOn Mon, 1 Mar 2026 at 10:00, a very long name of a shop\n<s@x.org> wrote:\n> Hi", "Yes"),
        ("> old\nMy answer\n> older", "My answer"),
        ("On Monday I wrote: a letter", "On Monday I wrote: a letter"),
        ("From: the heart", "From: the heart"),
        ("> only quoted", "> only quoted"),
        ("", ""),
    ],
)
def test_own_words(mail, words):
    assert own_words(mail) == words


def test_a_page_is_read_without_quotes_scripts_and_styles():
    page = "<html><head><title>x</title><style>p{}</style></head><p>Hi&nbsp;there<br>you</p><script>1</script>"
    assert text_of_page(page + '<div class="gmail_quote"><div>On Monday</div></div>') == "Hi there\nyou"
    assert text_of_page("<" * 1_000 + "<p>a").endswith("a")
