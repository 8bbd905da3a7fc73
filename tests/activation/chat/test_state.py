"""What is remembered between turns, and whether a question may be asked."""

import datetime as dt

import pytest
from tests.activation.chat.bots import ADA, ANN, NOW

from segmentary.activation.chat.state import Asked, Known, State, Waiting, may_ask

AGE, NEWS = ADA.questions["age_band"], ADA.questions["news"]


def days(n):
    return NOW - dt.timedelta(days=n)


def test_a_state_comes_back_from_its_document():
    state = State(Waiting("clarify", options=("a", "b")), 1, {"q": 1}, ("q",), ("p",), {"reason": ("x", "X")}, "plan")
    assert State.from_document(state.to_document()) == state
    assert State.from_document({}) == State()


@pytest.mark.parametrize(
    ("known", "state", "may"),
    [
        (Known(NOW, ANN), State(), True),
        (Known(NOW, ANN, held={"age_band": days(1)}), State(), False),
        (Known(NOW, ANN, asked={"age_band": Asked((days(5), days(9)))}), State(), False),
        (Known(NOW, ANN, asked={"age_band": Asked((days(95), days(100)))}), State(), True),
        (Known(NOW, ANN, asked={"age_band": Asked((), days(300))}), State(), False),
        (Known(NOW, ANN, asked={"age_band": Asked((), days(400))}), State(), True),
        (Known(NOW, ANN), State(asked={"age_band": 1}), False),
        (Known(NOW, ANN), State(asked={"x": 1, "y": 1}), False),
        (Known(NOW, ANN), State(declined=("age_band",)), False),
    ],
)
def test_a_question_is_asked_only_if_unknown_and_not_too_often(known, state, may):
    assert may_ask(AGE, state, known, 2) is may


def test_a_consent_is_asked_of_customers_who_never_decided():
    assert may_ask(NEWS, State(), Known(NOW, ANN), 2)
    assert not may_ask(NEWS, State(), Known(NOW), 2)
    assert not may_ask(NEWS, State(), Known(NOW, ANN, decided=frozenset({("marketing", "any")})), 2)
