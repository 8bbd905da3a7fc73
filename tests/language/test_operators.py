from typing import get_args

from segmentary.language.operators import COUNTED, MEASURED, OPERATORS, WEEKDAY_NAMES
from segmentary.language.tree import Measure, Operator, ValueType


def test_every_operator_is_described_once():
    assert tuple(OPERATORS) == get_args(Operator)


def test_every_measure_is_of_events_or_of_a_property():
    assert set(COUNTED) | set(MEASURED) == set(get_args(Measure))
    assert not set(COUNTED) & set(MEASURED)


def test_every_type_can_be_asked_for_existence_and_something_else():
    for kind in get_args(ValueType):
        fitting = {name for name, facts in OPERATORS.items() if kind in facts.fits}
        assert fitting > {"exists", "missing"}


def test_weeks_begin_on_monday_in_numbers():
    assert WEEKDAY_NAMES[0] == "monday"
    assert len(WEEKDAY_NAMES) == 7
