"""What cannot be meant of sequences, states, memberships, relations and places is refused, with a way out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segmentary.errors import CycleError, DefinitionError, UnknownNameError
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.tree import (
    Compare,
    Constant,
    EventFilter,
    EventMeasure,
    Had,
    Part,
    PropertyValue,
    ReferenceValue,
    SegmentationDefinition,
    SegmentDefinition,
    Sliding,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
)
from segmentary.language.validate import order, validate
from segmentary.language.vocabulary import Vocabulary

KNOWN = Vocabulary(
    traits={
        "plan": "text",
        "city": "text",
        "age": "number",
        "spent": "number",
        "country": "text",
        "latitude": "number",
        "longitude": "number",
    },
    events={"a": {"p": "text", "store_id": "text"}, "b": {"p": "text"}, "c": {}},
    segments=frozenset({"vip", "firms"}),
    places=frozenset({"stores"}),
    references={"stores": {"kind": "text"}},
    models={"churn": frozenset({"probability", "label", "probability.yes"})},
    computed=frozenset({"spent"}),
    entities={"firms": "account", "vip": "customer"},
)
FINE = [
    "sequence (a then b within 1d same p then no c within 24h) anchor last",
    "sequence (a then directly b) session 30min",
    "sequence (a then no b within 1d without c) anchor any",
    "did a where (trait city = Paris and fact kind of stores by store_id = flagship)",
    "did any where (happened_at within_last 3d and source = x)",
    "events a in any 30d sum of amount > 3",
    "plan = trial for at least 1mo less than 3mo",
    "segment vip at end of previous_month evaluated",
    "segment vip at 30d ago",
    "segment vip entered in last 7d nth 2 stayed at least 3d",
    "related account count >= 2 of (segment vip)",
    "within 3km of places stores",
    "within 0km of point (90, -180) from (trait age, trait age)",
    "model churn.probability > 0.5 and model churn.probability.yes > 0.5 and model churn.label = yes",
    "top 10% by age keep 20%",
    "consent ads via email",
    "times (sequence (a then b) latest 3) > 1",
    "periods (events a count > 1 per week of last 3) > 1",
    "events c since last entry into vip count > 1",
]
REFUSED = [
    ("sequence (a then b within 1mo)", "a month has no fixed length", "30d"),
    ("events a in any 1mo count > 3", "a month has no fixed length", "30d"),
    ("events a in session 1mo count > 3", "a month has no fixed length", "30d"),
    ("sequence (a then b) within 1y", "a year has no fixed length", "30d"),
    (
        "sequence (a then no b within 1d then c) anchor last",
        "only the last of several steps can be an absence",
        "without",
    ),
    ("sequence (no a within 1d) anchor last", "the first step has nothing before it", "that follows"),
    ("sequence (a then no b) anchor last", "an absence needs a deadline", "within: 24h"),
    ("sequence (a then no b within 1d)", "says which first step", "anchor: last"),
    ("sequence (a then directly b)", "directly means the next event of the same session", "session: 30min"),
    ("sequence (a same p then b)", "the first step has nothing before it", "that follows"),
    ("sequence (a then b same p step 2)", "step 2 cannot be the same as step 2", "step before it is 1"),
    ("sequence (a then b then c same p step 5)", "step 3 cannot be the same as step 5", "1 to 2"),
    ("sequence (a then b after 2d within 1d)", "no gap is at least after and less than within", ""),
    ("sequence (a then b) in any 30d", "cannot be a sliding one or a session", "within"),
    ("sequence (a then x)", "unknown event 'x'", ""),
    ("events a in any 30d mean of amount > 3", "'mean' has no meaning over sliding windows", "count, sum"),
    ("events a in session 30min active_days > 3", "'active_days' has no meaning over sessions", "count, sum"),
    ("periods (events a last of p = 3 per week of last 3) > 1", "a text is no number to test", "count"),
    ("spent > 3 for at least 3d", "'spent' is a computed trait and has no past", "only attributes"),
    ("spent > 3 at any time in last 3d", "'spent' is a computed trait and has no past", "only attributes"),
    ("days since plan > 3 for at least 3d", "only an attribute can have been something", "trait"),
    ("plan = x for at least 3d less than 3d", "nobody can be between", ""),
    ("did a where (trait spent > 3)", "'spent' is a computed trait and has no past", "only attributes"),
    ("did a where (fact x of stores by store_id = y)", "unknown fact of stores 'x'", "kind"),
    ("did a where (fact kind of store by store_id = y)", "unknown reference table 'store'", "stores"),
    ("did a where (fact kind of stores by nope = y)", "unknown property of a 'nope'", ""),
    ("segment vip at 0d ago", "that is now", "1d"),
    ("segment vip@v3 at 30d ago", "the log says who was in, whatever the version", "evaluated"),
    ("segment nobody entered", "unknown segment 'nobody'", ""),
    ("segment vip entered stayed at least 1mo", "a month has no fixed length", "30d"),
    ("segment vip during at least 1mo of last 1y", "a month has no fixed length", "30d"),
    ("segment firms", "'firms' is a segment of accounts, and this is about customers", "same kind"),
    (
        "related account any (segment firms)",
        "'firms' is a segment of accounts, and this is about customers",
        "same kind",
    ),
    ("related account any (related account any (plan = x))", "cannot itself ask about groups", "segment of its own"),
    ("within 3km of places shops", "unknown list of places 'shops'", "stores"),
    ("within 3km of point (91, 0)", "there is no latitude 91", "90"),
    ("within 3km of point (0, 0) from (trait plan, trait age)", "a text is no latitude", "number"),
    ("model churm.probability > 0.5", "unknown model 'churm'", "churn"),
    ("model worth.value > 5", "unknown model 'worth'", "predict score worth"),
    ("model churn.decile > 5", "unknown output of churn 'decile'", "label"),
    ("top 10% by age keep 5%", "keep is narrower than the rank", "wider"),
    ("top 10 by age keep 5", "keep is narrower than the rank", "wider"),
    ('consent ""', "the purpose or channel is empty", "marketing"),
    ("events a since last entry into vipp count > 1", "unknown segment 'vipp'", "vip"),
]


def checked(text: str, known: Vocabulary = KNOWN, **head) -> None:
    validate(SegmentDefinition("s", parse_text(text), **head), known)


@pytest.mark.parametrize("text", FINE)
def test_what_can_be_meant_is_accepted(text):
    checked(text)


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_what_cannot_be_meant_is_refused_with_a_way_out(text, message, hint):
    with pytest.raises(DefinitionError) as caught:
        checked(text)
    assert message in caught.value.reason
    assert hint in (caught.value.hint or "")


def test_what_no_spelling_can_say_is_refused_all_the_same():
    rules = [
        (Compare(TraitAtEvent("city"), "exists"), "belongs to an event"),
        (Compare(ReferenceValue("stores", PropertyValue(("store_id",)), "kind"), "exists"), "belongs to an event"),
        (Had(Compare(TraitValue("plan"), "exists"), Sliding(None)), "the same for everybody"),  # type: ignore[arg-type]
        (
            Compare(EventMeasure(EventFilter(("a",), Compare(Constant(Decimal(1)), "exists")), "count"), "exists"),
            "about properties",
        ),
    ]
    for rule, message in rules:
        with pytest.raises(DefinitionError, match=message):
            validate(SegmentDefinition("s", rule), KNOWN)


def test_coordinates_have_to_be_known():
    with pytest.raises(DefinitionError, match="no trait 'latitude'"):
        checked("within 3km of places stores", Vocabulary(places=frozenset({"stores"})))


def test_accounts_ask_about_people_and_other_accounts():
    checked("segment firms and related account any (segment vip)", entity="account")
    with pytest.raises(DefinitionError, match="'vip' is a segment of customers"):
        checked("segment vip", entity="account")
    with pytest.raises(DefinitionError, match="has people of its own"):
        checked("related household any (segment vip)", entity="account")


def level(*names: str, otherwise: str = "none") -> SegmentationDefinition:
    return SegmentationDefinition("level", tuple(Part(name, parse_text("age > 3")) for name in names), otherwise)


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (level(), "no parts"),
        (level("a", "A"), "two parts are named 'A'"),
        (level("a", otherwise="a"), "two parts are named 'a'"),
        (level("a", " "), "the name of a part is empty"),
    ],
)
def test_parts_have_names_of_their_own(definition, message):
    with pytest.raises(DefinitionError, match=message):
        validate(definition, KNOWN)


def test_a_segmentation_is_a_trait_and_segments():
    wider = KNOWN.including([level("high")])
    checked('level = high and segment "level.high" and not segment "level.none"', wider)
    with pytest.raises(UnknownNameError):
        checked('segment "level.low"', wider)


def segment(name: str, text: str) -> SegmentDefinition:
    return SegmentDefinition(name, parse_text(text))


def test_the_log_is_no_dependency_an_evaluation_is():
    assert order([segment("a", "segment a during any last 3d and segment a at 3d ago")]) == ["a"]
    with pytest.raises(CycleError, match="a -> b -> a"):
        order([segment("a", "segment b at 3d ago evaluated"), segment("b", "segment a")])
    with pytest.raises(CycleError, match="a -> a"):
        order([segment("a", "segment a at 3d ago evaluated")])


def test_a_segmentation_comes_after_what_its_parts_need():
    spent = TraitDefinition("spent", parse_text_value("events a sum of amount"), "number")
    tiers = SegmentationDefinition("tiers", (Part("top", parse_text("spent > 3")),), "rest")
    assert order([segment("s", 'segment "tiers.top"'), tiers, spent]) == ["spent", "tiers", "s"]
    around = SegmentationDefinition("tiers", (Part("top", parse_text("segment s")),), "rest")
    with pytest.raises(CycleError, match="s -> tiers -> s"):
        order([segment("s", 'segment "tiers.top"'), around])
