"""What a turn wants: keywords, the nearest example, and when it cannot say."""

from tests.activation.chat.bots import ADA, bot_of

from segmentary.activation.chat.understanding import Listener, trainable, trained

LISTENER = Listener(ADA)
KEYWORD = "bot: b\nanswers: {a: x}\nintents: {a: {keywords: [tariff], examples: [what does it cost]}}\n"


def test_the_nearest_example_decides_and_is_named():
    for text, intent in (("What's my plan?", "plan"), ("are you open sundays", "opening"), ("recommend sth", "tips")):
        meant = LISTENER.meant(text)
        assert (meant.intent, meant.how) == (intent, "examples"), text
        assert meant.because in ADA.intents[intent].examples
    assert LISTENER.meant("which plan do I have").score > 0.99


def test_words_nobody_taught_it_are_not_understood():
    for text in ("", "asdf", "my cat is ill", "¿qué?", "🙂"):
        assert LISTENER.meant(text).intent == "", text


def test_a_keyword_decides_by_itself():
    meant = Listener(bot_of(KEYWORD)).meant("Is there another TARIFF?")
    assert (meant.intent, meant.how, meant.because) == ("a", "keyword", "tariff")


def test_two_near_intents_are_told():
    intents = "{a: {examples: [cancel my order]}, c: {examples: [cancel my contract]}}"
    text = f"bot: b\nanswers: {{a: x, c: y}}\nintents: {intents}\n"
    meant = Listener(bot_of(text)).meant("cancel my thing")
    assert {meant.intent, meant.near} == {"a", "c"}


def test_a_model_is_learnt_where_there_are_enough_examples():
    assert not trainable(ADA.intents)
    assert trained(ADA) is None
    plan = [
        f"I ask about my plan number {word}"
        for word in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"]
    ]
    hours = [
        f"when do you open on day {word}"
        for word in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"]
    ]
    bot = bot_of(
        f"bot: b\nanswers: {{p: x, h: y}}\nintents: {{p: {{examples: {plan}}}, h: {{examples: {hours}}}}}\n".replace(
            "'", '"'
        )
    )
    from segmentary.models.voice.intents import IntentModel

    model = IntentModel.from_document(trained(bot))
    meant = Listener(bot, model).meant("about my plan please")
    assert (meant.intent, meant.how) == ("p", "model")
    assert Listener(bot, model).meant("xylophone").intent == ""
