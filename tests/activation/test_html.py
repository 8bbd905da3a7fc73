"""R20: what is rendered is inert, whatever stands in it; and it is readable."""

from html.parser import HTMLParser

import pytest
from tests.activation.html_attacks import ATTACKS, HEADERS

from segmentary.activation import html
from segmentary.activation.rendering import Failed, Renderer

OURS = html.INLINE | html.BLOCKS | {"html", "head", "meta", "title", "style", "body"}
PLACES = [
    (("name",), "text"),
    (("link",), "text"),
    (("offer",), "offer"),
    (("suggestions",), "plain"),
    (("unsubscribe_url",), "text"),
]
SOURCES = {
    "subject": "{{ name }}",
    "preheader": "{{ name }}",
    "text": "# {{ name }}\n\nHello **{{ name }}**, see https://shop.example/{{ name }}\n\n- {{ name }}\n"
    "- {{ offer.words }}\n\n"
    "[{{ name }}](https://shop.example/?q={{ name }})\n\n{% for s in suggestions %}- {{ s.name }}\n{% endfor %}",
}
MARKUP = (
    '<h1>{{ name }}</h1><p title="{{ name }}" style="color:{{ name }}">{{ name }}</p>'
    '<a href="{{ name }}">{{ name }}</a>'
    '<img src="{{ name }}" alt="{{ name }}"><a href=https://x.example/{{ name }}>x</a>{{ offer.words }}'
)


class Live(HTMLParser):
    """Collects what could act, load or hide."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag not in OURS:
            self.found.append(tag)
        for name, value in attributes:
            clean = "".join((value or "").split()).lower()
            if name.startswith("on") or name in ("srcset", "srcdoc", "background", "formaction", "action"):
                self.found.append(name)
            if name in ("href", "src") and not clean.startswith(("https://", "http://", "mailto:", "tel:")):
                self.found.append(clean)
            if name == "src" and not clean.startswith("https://"):
                self.found.append(clean)
            if name == "style" and any(
                one in clean for one in ("url(", "expression", "position:", "behavior", "binding")
            ):
                self.found.append(clean)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)


def live_in(page):
    parser = Live()
    parser.feed(page)
    parser.close()
    return parser.found


@pytest.fixture(scope="module")
def renderer():
    with Renderer() as made:
        yield made


def rows():
    return [
        [
            one,
            one,
            {"id": "a.b", "words": "Ten off." if "](" in one else one, "code": one},
            [{"name": one, "reason": one}],
            f"https://x.example/?t={n}",
        ]
        for n, one in enumerate(ATTACKS)
    ]


@pytest.mark.parametrize("sources", [SOURCES, {**SOURCES, "html": MARKUP}], ids=["made from text", "written as html"])
def test_values_stay_words(renderer, sources):
    assert len(ATTACKS) >= 100
    plan = renderer.compile(sources, PLACES, footer="Unsubscribe")
    for attack, made in zip(ATTACKS, renderer.render(plan, rows()), strict=True):
        assert not isinstance(made, Failed), (attack, made)
        assert live_in(made.html) == [], attack
        assert made.subject == made.subject.strip()
        assert made.subject.isprintable()
        assert made.preheader.isprintable() or "\ufe0f" in made.preheader
        if attack in ("[x](https://evil.example)",) and "html" not in sources:
            assert 'href="https://evil.example' not in made.html


def test_authors_html_is_cleaned_too(renderer):
    for attack in ATTACKS:
        page = html.page(html.cleaned(attack), title=attack, preheader=attack, language="en")
        assert live_in(page) == [], attack
        assert live_in(html.html_of(attack)) == [], attack


@pytest.mark.parametrize("value", HEADERS)
def test_subjects_are_one_line(renderer, value):
    plan = renderer.compile({"subject": "Hi {{ name }}", "text": "x"}, PLACES)
    subject = next(iter(renderer.render(plan, [[value, *[None] * 4]]))).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= 500
    assert subject.isprintable()


def test_text_and_html_say_the_same(renderer):
    plan = renderer.compile(SOURCES, PLACES, footer="Unsubscribe")
    made = next(
        iter(
            renderer.render(
                plan, [["Ann", "", {"id": "a", "words": "Ten off."}, [{"name": "Tea"}], "https://x.example/?t=1"]]
            )
        )
    )
    assert made.text.startswith(
        "Ann\n\nHello Ann, see https://shop.example/Ann\n\n- Ann\n- Ten off.\n\nAnn: https://shop.example/?q=Ann"
    )
    assert made.text.rstrip().endswith("Unsubscribe: https://x.example/?t=1")
    assert "<strong>Ann</strong>" in made.html
    assert 'href="https://x.example/?t=1"' in made.html
    assert made.html.count("<html") == made.html.count("</html>") == 1


def test_text_is_made_from_html():
    body = html.cleaned(
        "<h1>Hello</h1><p>Ann &amp; <b>Bob</b>,<br>look <a href='https://x.example/a'>here</a>.</p>"
        "<ul><li>one</li><li>two</li></ul>"
        "<img src='https://x.example/i.png' alt='A picture'>"
        "<table><tr><td>a</td><td>b</td></tr></table><script>x</script>"
    )
    assert html.text_of(body) == (
        "Hello\n\nAnn & Bob,\nlook here (https://x.example/a).\n\n- one\n- two\n\nA picture\n\na b"
    )


def test_empty_is_empty():
    assert (html.html_of(""), html.plain_of(""), html.text_of(""), html.cleaned("")) == ("", "", "", "")
