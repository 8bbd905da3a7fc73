"""Consent at its edges, in both evaluators."""

import datetime as dt

from tests.language.histories import NOW, Both, utc

from segmentary.language.oracle import Decision, Person
from segmentary.language.tree import Consent

JANUARY, MARCH = utc(2026, 1, 1), utc(2026, 3, 1)


def agreed(*decisions, channel="email"):
    """Whether the answer is yes, no, or nothing at all."""
    both = Both(Person("a", decisions=tuple(decisions)))
    yes = both.members(Consent("marketing", channel)) == {"a"}
    no = both.members(Consent("marketing", channel, granted=False)) == {"a"}
    assert not (yes and no)
    return True if yes else False if no else None


def said(granted, when=JANUARY, channel="email", purpose="marketing", known=None):
    return Decision(purpose, channel, granted, when, known)


def test_without_a_decision_there_is_neither_yes_nor_no():
    assert agreed() is None
    assert agreed(said(True, purpose="analytics")) is None
    assert agreed(said(True, channel="phone")) is None


def test_the_latest_decision_counts():
    assert agreed(said(True), said(False, MARCH)) is False
    assert agreed(said(False), said(True, MARCH)) is True
    assert agreed(said(False, None), said(True, utc(1970, 1, 1))) is True


def test_of_equal_decisions_no_wins_unless_one_is_known_later():
    assert agreed(said(True), said(False)) is False
    assert agreed(said(True, known=MARCH), said(False, known=JANUARY)) is True


def test_any_channel_stands_for_every_channel_and_no_channel_for_all():
    assert agreed(said(True), said(False, MARCH, "any")) is False
    assert agreed(said(True), said(False, MARCH, "phone")) is True
    assert agreed(said(True), said(False, MARCH, "phone"), channel=None) is False


def test_a_decision_at_as_of_is_still_to_come():
    assert agreed(said(True, NOW.as_of)) is None
    assert agreed(said(True, NOW.as_of - dt.timedelta(microseconds=1))) is True


def test_accents_are_one_letter_however_they_are_written():
    both = Both(Person("a", decisions=(said(True, purpose="publicit\u00e9"),)))
    assert both.members(Consent("publicite\u0301")) == {"a"}
