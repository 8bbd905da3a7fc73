import math

import pytest

from segmentary.models.voice.agreement import agreement

# Krippendorff (2011), Computing alpha-reliability, example C: four observers, twelve units, nominal .743.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def test_alpha_of_the_published_example():
    codes = [[None if one is None else str(one) for one in unit] for unit in zip(*OBSERVERS, strict=True)]
    found = agreement(codes)
    assert found.alpha.estimate == pytest.approx(0.743, abs=0.0005)
    assert found.alpha.low < 0.743 < found.alpha.high
    assert (found.texts, found.coders, found.kappa) == (11, 4, None)


def test_kappa_of_a_known_table():
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa .4.
    codes = [["y", "y"]] * 20 + [["y", "n"]] * 5 + [["n", "y"]] * 10 + [["n", "n"]] * 15
    found = agreement(codes)
    assert found.kappa.estimate == pytest.approx(0.4)
    assert found.verdict == "not reliable"


def test_whole_agreement_and_none_to_speak_of():
    assert agreement([["a", "a"], ["b", "b"]] * 30).verdict == "reliable"
    for codes in ([], [["a", None]], [["a", "a"]] * 5):
        found = agreement(codes)
        assert math.isnan(found.alpha.estimate)
        assert found.verdict == "cannot say"
