"""How loyal each segment is, by what it says and what it does.

::

    workspace.loyalty.measure().of("pro")["nps"].own
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.errors import UnknownNameError
from segmentary.models.progress import Tell, quiet
from segmentary.schema import IDENTITY_MAP, RESPONSES
from segmentary.workspace.tailoring import events_table
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.measurement.loyalty.behaviour import Leaving
    from segmentary.measurement.loyalty.loyalty import Loyalty
    from segmentary.workspace.workspace import Workspace

ANSWERS = "loyalty_answers"


class LoyaltyOf:
    """The loyalty of a workspace's segments as of its newest run."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def measure(
        self,
        segments: Sequence[str] = (),
        *,
        nps: str | None = None,
        csat: str | None = None,
        ours: str | None = None,
        ends: str | None = None,
        starts: str | None = None,
        tell: Tell = quiet,
    ) -> Loyalty:
        """Measure every segment's loyalty against everybody else's.

        Parameters
        ----------
        segments : their names; none: all in force. nps, csat, ours : the questions that ask for recommendation (0 to
            10), satisfaction (1 to 5, 7, 10) and spending with us; found by name and scale where not named.
        ends, starts : the events by which people leave and begin; found by name where not named.

        Raises
        ------
        UnknownNameError
            when there is no such segment, question or event.
        """
        from segmentary.measurement.loyalty import questions as asking
        from segmentary.measurement.loyalty.loyalty import Plan, loyalty

        workspace = self.workspace
        workspace.derived.ensure()
        context = workspace.context(require_run(workspace).as_of)
        engine = workspace.warehouse
        told = asking.answers_query(
            exp.table_(RESPONSES.name, quoted=True), exp.table_(IDENTITY_MAP.name, quoted=True), context
        )
        with workspace.tailoring.members(segments) as (names, members):
            self.bring(told)
            try:
                answers = exp.select("*").from_(exp.table_(ANSWERS, quoted=True))
                known = asking.asked(engine, answers)
                plan = Plan(
                    asking.recommendation(known, nps),
                    asking.satisfaction(known, csat),
                    asking.spending(known, ours),
                    self.leaving(ends, starts),
                )
                return loyalty(
                    engine,
                    events_table(),
                    answers,
                    members,
                    names,
                    context,
                    plan,
                    least_people=workspace.settings.suppress_below,
                    tell=tell,
                )
            finally:
                engine.drop(ANSWERS)

    def bring(self, answers: exp.Query) -> None:
        """Put the answers where segments and events are: with a warehouse elsewhere they live here."""
        workspace = self.workspace
        if workspace.warehouse is workspace.engine:
            workspace.engine.create_as(ANSWERS, answers, temporary=True)
        else:
            workspace.warehouse.ingest(ANSWERS, workspace.engine.table(answers))

    def leaving(self, ends: str | None = None, starts: str | None = None) -> Leaving | None:
        """Return the events by which people leave and begin: those named, or those found by their names."""
        from segmentary.measurement.loyalty.behaviour import Leaving, leaving_events

        held = self.workspace.derived.events()
        for name in (ends, starts):
            if name is not None and name not in held:
                raise UnknownNameError("event", name, held)
        if ends is not None:
            return Leaving(ends, starts)
        return leaving_events(held)
