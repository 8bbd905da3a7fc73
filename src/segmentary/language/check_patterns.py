"""Whether sequences, sessions, sliding windows and periods can be meant as they are written."""

from __future__ import annotations

from segmentary.language.fit import MINUTES, Examination, check_window, described, is_before
from segmentary.language.tree import (
    Duration,
    EventMeasure,
    PeriodsWith,
    Sequence,
    SequenceCount,
    Session,
    Sliding,
    Step,
)
from segmentary.language.types import type_of
from segmentary.language.walk import joined

OVER_MANY_WINDOWS = ("count", "sum", "distinct")
"""Measures that have a largest value over sliding windows and sessions."""


def check_exact(exam: Examination, pointer: str, length: Duration | None, *, least: int = 1) -> None:
    """Refuse lengths that are not the same everywhere on the calendar."""
    if length is None:
        return
    if length.unit not in MINUTES:
        exam.refuse(pointer, f"a {length.unit} has no fixed length", "write minutes, hours, days or weeks, such as 30d")
    if length.amount < least:
        exam.refuse(pointer, "a length of time of nothing holds nothing", "write 1min or longer")


def check_measured_window(exam: Examination, pointer: str, value: EventMeasure) -> None:
    """Refuse measures that have no largest value over many windows."""
    many = {Sliding: "sliding windows", Session: "sessions"}
    for kind, words in many.items():
        if isinstance(value.during, kind) and value.measure not in OVER_MANY_WINDOWS:
            exam.refuse(
                joined(pointer, "during"),
                f"{value.measure!r} has no meaning over {words}",
                "use count, sum or distinct",
            )


def check_session(exam: Examination, pointer: str, session: Session) -> None:
    """Check how visits are made."""
    check_exact(exam, joined(pointer, "gap"), session.gap)
    for name in session.of:
        exam.known(joined(pointer, "of"), "event", name, exam.vocabulary.events)
    check_window(exam, joined(pointer, "within"), session.within)


def check_sliding(exam: Examination, pointer: str, window: Sliding) -> None:
    """Check a window that may lie anywhere."""
    check_exact(exam, joined(pointer, "any"), window.length)
    check_window(exam, joined(pointer, "within"), window.within)


def check_periods(exam: Examination, pointer: str, value: PeriodsWith) -> None:
    """Check how a measure is tested period by period."""
    if value.last < 1:
        exam.refuse(pointer, "the number of periods is 1 or more")
    if value.measure.during is not None:
        exam.refuse(pointer, "a measure that is tested in each period has no window of its own", "remove during")
    kind = type_of(value.measure, exam.vocabulary)
    if kind not in (None, "number"):
        exam.refuse(pointer, f"{described(str(kind))} is no number to test in each period", "count or sum")


def check_counted(exam: Examination, pointer: str, value: SequenceCount) -> None:
    """Check how often a sequence is begun."""
    if value.latest is not None and value.latest < 1:
        exam.refuse(pointer, "of the latest 1 or more", "leave latest out to look at all of them")


def check_sequence(exam: Examination, pointer: str, sequence: Sequence) -> None:
    """Check the steps of a sequence, each against those before it."""
    where = joined(pointer, "sequence")
    if not sequence.steps:
        exam.refuse(where, "a sequence has no steps", "give it at least two")
    if isinstance(sequence.during, Sliding | Session):
        hint = "write within for all of it, or session for one visit"
        exam.refuse(joined(pointer, "during"), "the window of a sequence cannot be a sliding one or a session", hint)
    check_window(exam, joined(pointer, "during"), sequence.during)
    check_exact(exam, joined(pointer, "within"), sequence.within)
    for i, step in enumerate(sequence.steps):
        check_step(exam, f"{where}/{i}", sequence, i, step)


def check_step(exam: Examination, pointer: str, sequence: Sequence, i: int, step: Step) -> None:
    """Check one step, the i-th from 0."""
    if i == 0 and (step.min_gap or step.max_gap or step.without or step.same or step.directly):
        hint = "put the gap, without, same or directly at the step that follows"
        exam.refuse(pointer, "the first step has nothing before it", hint)
    check_exact(exam, joined(pointer, "after"), step.min_gap, least=0)
    check_exact(exam, joined(pointer, "within"), step.max_gap)
    if step.min_gap is not None and step.max_gap is not None and not is_before(step.min_gap, step.max_gap):
        exam.refuse(joined(pointer, "within"), "no gap is at least after and less than within")
    if step.directly and sequence.session is None:
        hint = "add session to the sequence, for example session: 30min"
        exam.refuse(joined(pointer, "directly"), "directly means the next event of the same session", hint)
    if step.absent:
        check_absent(exam, joined(pointer, "not"), sequence, i, step)
    for j, binding in enumerate(step.same):
        place = f"{joined(pointer, 'same')}/{j}"
        if not binding.path or not all(binding.path) or (binding.other is not None and not all(binding.other)):
            exam.refuse(place, "the name of a property is empty")
        if binding.step is not None and not 1 <= binding.step <= i:
            hint = f"the steps before it are 1 to {i}" if i > 1 else "the step before it is 1"
            exam.refuse(place, f"step {i + 1} cannot be the same as step {binding.step}, which is not before it", hint)


def check_absent(exam: Examination, pointer: str, sequence: Sequence, i: int, step: Step) -> None:
    """Check the absence of an event after the steps before it."""
    if i == 0 or i != len(sequence.steps) - 1:
        hint = "for nothing between two steps write without"
        exam.refuse(pointer, "only the last of several steps can be an absence", hint)
    if step.max_gap is None:
        exam.refuse(pointer, "an absence needs a deadline", "add within, for example within: 24h")
    if sequence.anchor is None:
        hint = "add anchor: last (only the latest counts), first, or any"
        exam.refuse(pointer, "a sequence that ends in an absence says which first step it is about", hint)
