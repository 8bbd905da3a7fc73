"""What the people of the story say: enough for a codebook, nothing of anybody real."""

from segmentary.samples.story_texts import LAST, POSTS, TICKETS, interview


def test_every_plan_has_words_of_its_own():
    said = [text for texts in TICKETS.values() for _, text in texts]
    assert len(said) == len(set(said))
    assert len(set(LAST)) == len(LAST)
    assert all("@" not in text for text in (*said, *POSTS, *interview()))
