import datetime as dt

from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.lint import lint
from segmentary.language.python import define_segment, events, trait
from segmentary.language.tree import Context

RULE = (trait("age") > 18) & events("order_completed").last("3d").did()


def test_what_nobody_counted_leads_to_no_conclusion():
    context = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    unknown = Facts(context, traits={"age": TraitFacts("number")}, events={"order_completed": EventFacts()})
    for facts in (Facts(context), unknown):
        assert lint(define_segment("s", RULE), facts) == []
