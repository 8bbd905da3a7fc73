"""Results are kept until something changes."""

from tests.workspace.segment_shop import shop

from segmentary.language.yaml import parse_yaml
from segmentary.workspace.remembering import remembered


def test_made_once_until_a_definition_changes():
    made = []
    for _ in range(2):
        remembered(shop(), "test", lambda: made.append(1))
    assert len(made) == 1
    (one,) = parse_yaml("segment: remembered_later\nwhere: {trait: order_count, gte: 2}\n")
    shop().define(one.definition)
    remembered(shop(), "test", lambda: made.append(1))
    assert len(made) == 2
