import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from tests.language.strategies import definitions, rules

import segmentary
from segmentary.errors import DefinitionError
from segmentary.language.python import all_of, any_of, define_segment, define_trait, trait
from segmentary.language.tree import (
    All,
    AnyOf,
    Binding,
    Duration,
    EventFilter,
    Last,
    Near,
    Not,
    SegmentDefinition,
    Sequence,
    Session,
    Step,
    TraitValue,
)
from segmentary.language.version import canonical, version
from segmentary.language.yaml import parse_yaml

A, B, C = ((trait(name) > 1) for name in "abc")


def of(condition) -> str:
    return version(define_segment("s", condition))


def test_words_for_people_do_not_change_the_version():
    plain = define_segment("s", A)
    assert version(replace(plain, title="T", purpose="P", base="value", tags=("x",))) == version(plain)
    counted = define_trait("t", trait("a"), "number")
    assert version(replace(counted, title="T", unit="days", sensitivity="special", description="D")) == version(counted)


def test_what_changes_who_belongs_changes_the_version():
    plain = define_segment("s", A)
    others = [
        replace(plain, name="x"),
        replace(plain, timezone="Europe/Berlin"),
        replace(plain, entity="account"),
        define_segment("s", B),
        define_segment("s", trait("a") >= 1),
        define_segment("s", trait("a") == "1"),
        define_segment("s", trait("a") == True),  # noqa: E712
    ]
    assert len({version(d) for d in [plain, *others]}) == len(others) + 1


def test_spellings_of_one_meaning_have_one_version():
    assert of(all_of(all_of(A, B), C)) == of(A & B & C)
    assert of(any_of(A, any_of(B, any_of(C)))) == of(A | B | C)
    assert of(~~A) == of(A) == of(all_of(A)) == of(any_of(all_of(~~A)))
    assert of(~all_of(~A)) == of(A)
    assert of(all_of(~~(A & B), C)) == of(A & B & C)
    assert of(trait("a") > Decimal("1.00")) == of(A)
    assert of(trait("a") == "e\u0301") == of(trait("a") == "é")
    berlin = dt.timezone(dt.timedelta(hours=1))
    assert of(trait("a").before(dt.datetime(2026, 1, 1, 1, tzinfo=berlin))) == of(
        trait("a").before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    )


def test_the_order_of_parts_is_part_of_the_version():
    assert of(A & B) != of(B & A)
    assert of(A & (B | C)) != of((A & B) | C)


def test_the_canonical_form_is_plain_and_leaves_defaults_out():
    assert canonical(define_segment("s", trait("age") >= 18)) == {
        "kind": "segment",
        "node": "SegmentDefinition",
        "name": "s",
        "where": {
            "node": "Compare",
            "value": {"node": "TraitValue", "name": "age"},
            "operator": "gte",
            "operand": {"number": "18"},
        },
    }


def test_a_version_is_stable_across_releases():
    """Histories refer to versions: if this number changes, so do all of them."""
    assert of(A) == "d67753cb8080c1b75e068fb012747bb93caad676a9ef6a0b2ac90a712bb87e94"


@given(definition=definitions())
def test_versions_are_hashes(definition):
    assert len(version(definition)) == 64
    assert version(definition) == version(replace(definition))


@given(rule=rules())
def test_wrapping_does_not_matter(rule):
    plain = version(SegmentDefinition("s", rule))
    for wrapped in (All((rule,)), AnyOf((rule,)), Not(Not(rule)), Not(All((Not(rule),)))):
        assert version(SegmentDefinition("s", wrapped)) == plain


def test_shipped_definitions_keep_their_versions():
    """`versions.json` holds what they were before the language grew; memberships of customers refer to them."""
    kept = json.loads((Path(__file__).parent / "versions.json").read_text(encoding="utf-8"))
    shipped = Path(segmentary.__file__).parent
    files = [*shipped.glob("segments/library/*.yaml"), shipped / "profiles" / "standard_traits.yaml"]
    files.append(shipped / "samples" / "complete_journey.yaml")
    now = {}
    for file in files:
        try:
            definitions = [parsed.definition for parsed in parse_yaml(file.read_text(encoding="utf-8"))]
        except DefinitionError:
            continue
        now |= {f"{file.stem}/{d.name}": version(d)[:16] for d in definitions}
    changed = {name for name, old in kept.items() if name in now and now[name] != old}
    assert changed == set()
    assert len(kept.keys() & now.keys()) > 100


def test_what_a_sequence_or_distance_means_anyway_does_not_change_the_version():
    cart, order = EventFilter(("cart",)), EventFilter(("order",))
    same = Step(order, same=(Binding(("product_id",)),))
    plain = Sequence((Step(cart), same))
    spelt = [
        replace(plain, anchor="any"),
        replace(plain, steps=(Step(cart), replace(same, same=(Binding(("product_id",), step=1),)))),
        replace(plain, steps=(Step(cart), replace(same, same=(Binding(("product_id",), None, ("product_id",)),)))),
    ]
    assert {of(rule) for rule in spelt} == {of(plain)}
    absent = Sequence((Step(cart), Step(order, max_gap=Duration(1, "day"), absent=True)))
    assert of(replace(absent, anchor="any")) != of(absent)
    visit = Session(Duration(30, "minute"))
    assert of(replace(plain, session=visit)) == of(
        replace(plain, session=replace(visit, within=Last(Duration(1, "day"))))
    )
    assert of(replace(plain, session=visit)) != of(plain)
    near = Near(Decimal(25), places="stores")
    assert of(replace(near, latitude=TraitValue("latitude"))) == of(near)
    assert of(replace(near, latitude=TraitValue("shop_latitude"))) != of(near)
