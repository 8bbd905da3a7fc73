from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language import python
from segmentary.language.python import events, rule_of, trait, value_of
from segmentary.language.source import to_python
from segmentary.language.tree import TraitDefinition
from segmentary.language.version import version

NAMES = {**vars(python), "Decimal": Decimal, "date": date, "datetime": datetime, "UTC": UTC}


@given(definition=definitions(segments=("gold", "silver@x")))
def test_the_source_of_a_tree_builds_the_same_tree_and_hash(definition):
    again = eval(to_python(definition), dict(NAMES))
    assert again == definition
    assert version(again) == version(definition)
    part = definition.value if isinstance(definition, TraitDefinition) else definition.where
    built = eval(to_python(part), dict(NAMES))
    assert (value_of(built) if isinstance(definition, TraitDefinition) else rule_of(built)) == part


def test_source_reads_like_what_a_person_writes():
    rule = rule_of((events("order_completed").last("90d").count() >= 3) & ~(trait("country") == "France"))
    assert to_python(rule) == (
        "all_of(events('order_completed').last('90d').count() >= 3, ~(trait('country') == 'France'))"
    )
