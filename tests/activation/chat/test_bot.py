"""What a bot is made of, as the workspace asks it."""

from tests.activation.chat.bots import ADA


def test_a_bot_says_which_segments_traits_and_offers_it_needs():
    assert ADA.segments() == {"gold", "young", "young_active"}
    assert ADA.facts() == {"first_name", "plan"}
    assert ADA.offers() == {"spring"}
    assert ADA.traits_asked() == {"age_band": "text", "satisfaction": "number"}


def test_an_answer_that_needs_the_record_in_every_text_is_for_customers_only():
    assert ADA.answers["plan"].own
    assert not ADA.answers["greeting"].own
