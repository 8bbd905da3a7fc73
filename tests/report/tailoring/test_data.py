from segmentary.report.tailoring.data import TailoringData, ended, upper


def test_sentences():
    assert upper("all of it") == "All of it."
    assert ended("basic: tea.") == "basic: tea."
    assert ended("basic: tea") == "basic: tea."


def test_no_segments():
    assert TailoringData().segments() == ()
