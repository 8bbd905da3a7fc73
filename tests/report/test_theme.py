"""One look: every chart carries it, text is folded to fit."""

from __future__ import annotations

from segmentary.report.theme import (
    HIGH_STEP,
    LIGHT,
    STEPS,
    configuration,
    dressed,
    folded,
    inline_data,
    is_narrow,
    shortened,
)


def test_configuration_is_one() -> None:
    assert configuration() == configuration()
    assert configuration()["range"]["category"][0] == LIGHT["blue"]
    assert len(STEPS) == 7
    assert HIGH_STEP < 7


def test_dressed() -> None:
    import altair as alt

    chart = alt.Chart(inline_data([{"a": 1}])).mark_point().encode(x="a:Q")
    document = dressed(
        chart, "A question that is rather long?", "What it shows, in so many words.", width=300
    ).to_dict()
    assert " ".join(document["title"]["text"]) == "A question that is rather long?"
    assert " ".join(document["title"]["subtitle"]) == "What it shows, in so many words."


def test_text_fits() -> None:
    assert folded("one two three", 7) == ["one two", "three"]
    assert folded("", 5) == []
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
    assert is_narrow(340)
    assert not is_narrow(900)
