from segmentary.models.intervals import wilson
from segmentary.models.voice.theme_results import CodeShare, CountedShares
from segmentary.report.voices.data import VoicesData


def test_what_few_say_is_not_shown():
    many = CodeShare("a", "need", "A", 30, wilson(30, 100), None, None, ("late",))
    few = CodeShare("b", "need", "B", None, None, None, None, ())
    data = VoicesData(shares=(CountedShares("people", "nps", 100, 120, 10, (many, few), 11, False),))
    assert [one.code for _, one in data.shown()] == ["a"]
    assert VoicesData().shown() == ()
