"""Messages in a workspace: refused where wrong, linted, previewed for real people, rendered with what is theirs."""

import shutil

import pytest
from tests.workspace.message_shop import START, Hand, make_shop, with_mail

from segmentary.activation.message import Outgoing
from segmentary.errors import DefinitionError, SettingsError, UnknownNameError
from segmentary.language.yaml import cursors
from segmentary.workspace.message_rendering import LeftOut, Person, Sending
from segmentary.workspace.opening import open_workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    make_shop(folder).close()
    with_mail(folder)
    with open_workspace(folder / "shop", clock=Hand(START)) as workspace:
        yield workspace


def apply(workspace, text):
    return workspace.messages.apply(cursors(text, file="m.yaml")[0])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("message: a\ntext: |\n  x\n  {{ first_nam }}\n", 4, "first_nam"),
        ("message: a\ntext: '{{ offer.price }}'\n", 2, "price"),
        ("message: a\ntext: |\n  x\n\n  {{ first_name | upcas }}\n", 5, "upcas"),
        ("message: a\ntext: |\n  {% if x %}\n", 2, "endif"),
        ("message: a\ntext: '{% include \"x\" %}'\n", 2, "include"),
        ("message: a\ntext: '{{ allergy }}'\n", 2, "sensitive"),
        ("message: a\ntext: x\nfallbacks: {frist_name: x}\n", 3, "frist_name"),
        ("message: a\ntext: '{{ traits[\"pointz\"] }}'\n", 2, "pointz"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(shop, text, line, said):
    with pytest.raises(DefinitionError) as error:
        apply(shop, text)
    assert said in str(error.value)
    assert error.value.place.line == line
    assert "a" not in [one.name for one in shop.messages.kept()]


def test_a_near_name_is_offered(shop):
    with pytest.raises(UnknownNameError) as error:
        apply(shop, "message: a\ntext: '{{ first_nme }}'\n")
    assert "first_name" in error.value.hint
    with pytest.raises(DefinitionError) as unknown:
        apply(shop, "message: a\ntext: '{{ first_name | upcse }}'\n")
    assert "upcase" in unknown.value.hint


def test_sensitive_traits_may_be_named_when_somebody_says_so(shop):
    message = apply(
        shop,
        'message: care\ntext: \'{{ allergy | default: "none" }} {{ traits["points"] }}\'\nallow_sensitive: [allergy]\n',
    )
    assert [one.traits for one in shop.messages.kept() if one.name == "care"] == [("allergy", "points")]
    (found,) = shop.messages.render_for([Person("c005", address="a@b.example")], Sending("x-1", message.name))
    assert found.content.text.startswith("nuts 5")
    assert any(one.code == "sensitive" for one in shop.messages.lint("care"))


def test_lint_says_what_to_mind(shop):
    codes = {one.code for one in shop.messages.lint("autumn", segments=["blue", "gold"])}
    assert {"no_fallback", "fallback", "unsubscribe_added", "no_preheader"} <= codes
    apply(
        shop,
        "message: bad\nsubject: 'WINNER!! FREE! CLICK HERE NOW AND GET YOUR CASH, IT IS URGENT AND IT IS GUARANTEED'\n"
        'html: \'<img src="http://x/p.gif" width="1"><script>x</script><p onclick="x">x</p>http://x.example/\'\n',
    )
    apply(shop, "message: promise\nsubject: Hi\ntext: Use {{ offer.code }}.\n")
    assert "no_offer" in {one.code for one in shop.messages.lint("promise")}
    assert "no_offer" not in {one.code for one in shop.messages.lint("autumn")}
    codes = {one.code for one in shop.messages.lint("bad")}
    assert codes >= {
        "spammy",
        "shouting",
        "long_subject",
        "no_alt",
        "tracking_pixel",
        "no_https_image",
        "left_out",
        "plain_link",
    }


def test_marketing_needs_a_way_out(tmp_path_factory, shop):
    folder = tmp_path_factory.mktemp("silent")
    shutil.copytree(shop.folder.root, folder / "shop", ignore=shutil.ignore_patterns(".lock"))
    (folder / "shop" / "segmentary.toml").write_text('currency = "EUR"\n', encoding="utf-8")
    with open_workspace(folder / "shop", clock=Hand(START)) as workspace:
        assert workspace.messages.lint("autumn")[0].code == "no_unsubscribe"
        with pytest.raises(SettingsError, match="unsubscribe"):
            list(workspace.messages.render_for([Person("c001")], Sending("x-1", "autumn")))
        assert list(workspace.messages.render_for([Person("c001")], Sending("x-1", "autumn", purpose="service")))


def test_rendering_is_the_same_again_and_in_order(shop):
    people = [
        Person(f"c{n:03d}", "gold", "treated", "come_back" if n % 2 else "thanks", f"{n}@x.example")
        for n in (3, 1, 2, 5)
    ]
    sending = Sending("again-1", "autumn", campaign="again", offers="autumn", expires_at="2026-03-20T00:00:00.000000Z")
    first = list(shop.messages.render_for(people, sending))
    assert first == list(shop.messages.render_for(people, sending))
    assert [one.customer_id for one in first] == ["c003", "c001", "c002", "c005"]
    assert isinstance(first[3], LeftOut)
    assert first[3].reason == "no_content"
    assert "come_back, html, line 1: first_name has no value" in first[3].detail
    assert isinstance(first[0], Outgoing)
    assert "near you" in first[0].content.text  # no branch is known
    assert first[0].content.fallbacks == ("branch",)
    assert first[0].content.unsubscribe_url.startswith("https://shop.example/u?t=")
    assert first[0].content.unsubscribe_url in first[0].content.text
    assert "{{ 7*7 }}" in first[2].content.text
    assert list(shop.messages.render_for([], sending)) == []


def test_previews_are_real_people_and_promise_nothing(shop):
    before = shop.ledger.rows("select count(*) from offer_uses")
    found = shop.messages.preview("autumn", sending=Sending("preview", "autumn", offers="autumn"))
    assert len(found) == 6
    assert {one.why for one in found} == {
        "a usual person", "the person of whom least is known", "the person with the longest values",
    }  # fmt: skip
    assert len({(one.variant, one.customer_id) for one in found}) == 6
    asked = shop.messages.preview("autumn", ["c051"], "thanks", sending=Sending("preview", "autumn", offers="autumn"))
    assert asked[0].rendered.offer == "autumn.voucher"
    assert "V1" not in asked[0].rendered.text
    assert shop.ledger.rows("select count(*) from offer_uses") == before
    with pytest.raises(UnknownNameError):
        shop.messages.preview("autumn", variant="nobody")


def test_another_language(shop):
    apply(shop, "message: hallo\nlanguage: de\ntext: '{{ points | money }} {{ today | date: \"long\" }}'\n")
    (found,) = shop.messages.render_for([Person("c007", address="x@y.example")], Sending("de-1", "hallo"))
    assert "7\u00a0€ 1. März 2026" in found.content.text
    assert "Abmelden: https://" in found.content.text


def test_suggestions_where_nothing_was_ever_bought(shop):
    apply(shop, "message: tips\ntext: 'Hi{% for s in suggestions %} {{ s.name }}{% endfor %}'\n")
    (found,) = shop.messages.render_for([Person("c007", address="x@y.example")], Sending("tips-1", "tips"))
    assert found.content.text.startswith("Hi\n")
