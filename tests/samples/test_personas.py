"""Ways of being a customer: probabilities are probabilities, tastes name what is sold."""

import pytest

from segmentary.samples.personas import PERSONAS, SCALES
from segmentary.samples.products import CATEGORIES


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda p: p.name)
def test_a_persona_makes_sense(persona):
    for name in ("discounted", "returned", "evening", "weekend", "store", "app", "mail_opened", "women", "children",
                 "students", "firms"):  # fmt: skip
        assert 0 <= getattr(persona, name) <= 1, name
    assert persona.store + persona.app <= 1
    assert set(persona.taste) <= set(CATEGORIES)
    assert set(persona.attitudes) <= set(SCALES)
    assert all(1 <= mean <= 5 for mean in persona.attitudes.values())
    assert 16 <= persona.ages[0] < persona.ages[1] <= 100
    assert persona.share > 0


def test_names_are_unique_and_every_course_occurs():
    assert len({p.name for p in PERSONAS}) == len(PERSONAS)
    assert {p.course for p in PERSONAS} == {"steady", "faded", "newcomer", "once", "browser", "silent"}
