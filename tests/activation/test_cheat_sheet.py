"""What people are told exists is what there is."""

from zoneinfo import ZoneInfo

from segmentary.activation.cheat_sheet import FILTERS, TAGS
from segmentary.activation.dialect import Dialect
from segmentary.activation.localised import Localised


def test_the_cheat_sheet_is_what_there_is():
    dialect = Dialect(Localised("en", "EUR", ZoneInfo("UTC")))
    assert sorted(dialect.filters) == sorted(FILTERS)
    own = {name for name in dialect.tags if name.isalpha() and name not in ("content", "output", "illegal", "literal")}
    assert own <= {*TAGS}, own - {*TAGS}
