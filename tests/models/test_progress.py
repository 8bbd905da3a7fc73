"""Long work says how far it is, as a share of the whole."""

from segmentary.models.progress import quiet, within


def test_a_part_of_the_work_is_a_part_of_its_share():
    told = []
    part = within(lambda sentence, done: told.append((sentence, round(done, 6))), 0.4, 0.8)
    part("begins", 0.0)
    within(part, 0.5, 1.0)("ends", 1.0)
    assert told == [("begins", 0.4), ("ends", 0.8)]
    quiet("nothing", 1.0)
