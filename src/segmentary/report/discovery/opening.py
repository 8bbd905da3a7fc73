"""What the discovery report says first: the verdict, the figures to know, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from segmentary.report.discovery import words
from segmentary.report.discovery.extras import Extras
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import Answer
from segmentary.report.numbers import count, percent, percent_interval

# A segment that brings so many times its share of people in value is worth a headline.
REMARKABLE = 1.3


def answer(shown: Shown) -> Answer:
    """Return the verdict in words, with what it means for the decision and what speaks against it."""
    verdict, recommendation = shown.solution.verdict, shown.solution.criteria.recommendation
    return Answer(
        words.WORD[verdict.kind],
        words.TONE[verdict.kind],
        words.plain(verdict.sentence),
        verdict.meaning,
        words.plain(recommendation.doubt),
    )


def tiles(shown: Shown, extras: Extras) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    solution = shown.solution
    fit = solution.fit
    sample = f"fitted on {count(fit.fitted_on)} of them" if fit.fitted_on < fit.people else "all used"
    if fit.weighted:
        sample += f"; weighted, worth {count(fit.effective_n)}"
    found = [
        ("people", count(fit.people), sample),
        ("segments", count(solution.k), f"{words.method(fit.method)}, by {count(len(solution.columns))} columns"),
    ]
    spread = next(
        (r.stability for r in solution.criteria.rows if (r.method, r.k) == (fit.method, fit.k) and r.stability), None
    )
    if spread is not None:
        found.append(
            (
                "stability",
                f"{spread.median:.2f}",
                f"of 1; half of {count(spread.repetitions)} pairs {spread.quarter:.2f} to {spread.three_quarters:.2f}",
            )
        )
    sure = [s.confidence for s in shown.visible if s.confidence is not None]
    if sure:
        low, high = percent(min(sure), digits=0), percent(max(sure), digits=0)
        found.append(("confidence", low if low == high else f"{low} to {high}", "mean of each segment's members"))
    if solution.description.agreement is not None:
        agreed = solution.description.agreement
        found.append(("readable rules agree", percent(agreed.estimate), f"95% interval {percent_interval(agreed)}"))
    typing = extras.questions
    if typing is not None and typing.chosen:
        step = next((s.agreement for s in typing.steps if s.questions == typing.chosen), None)
        named = typing.agreement or step
        if named is not None:
            note = f"put {percent(named.estimate)} of people where the solution does"
            found.append(("questions to type people", count(typing.chosen), note))
    return tuple(found)


def headlines(shown: Shown) -> tuple[str, ...]:
    """Return the sentences to know first."""
    return tuple(line for line in (*about_number(shown), *about_segments(shown), *about_trust(shown)) if line)


def about_number(shown: Shown) -> Iterator[str]:
    solution = shown.solution
    recommendation = solution.criteria.recommendation
    yield words.plain(recommendation.sentence)
    if (recommendation.method, recommendation.k) != (solution.fit.method, solution.k):
        chosen = f"{words.method(solution.fit.method)} with {number_of(solution.k)}"
        if recommendation.k == 1:
            yield f"The criteria advise against segmenting by these columns; this report shows {chosen} all the same."
        else:
            yield (
                f"This report shows {chosen}, not the recommended {words.method(recommendation.method)} with "
                f"{recommendation.k}."
            )


def about_segments(shown: Shown) -> Iterator[str]:
    known = [s for s in shown.visible if s.size.estimate == s.size.estimate]
    if len(known) > 1:
        largest = max(known, key=lambda s: s.size.estimate)
        yield (
            f"The largest segment is “{largest.name}”: {percent(largest.size.estimate)} of people (95% interval "
            f"{percent_interval(largest.size)}, n = {count(largest.n)})."
        )
    valued = [
        (s, s.value_share)
        for s in known
        if s.value_share is not None
        and s.value_share.low > s.size.high
        and s.value_share.estimate >= REMARKABLE * s.size.estimate
    ]
    if valued:
        best, worth = max(valued, key=lambda pair: pair[1].estimate - pair[0].size.estimate)
        yield (
            f"“{best.name}” is {percent(best.size.estimate)} of people and {percent(worth.estimate)} of the value "
            f"(95% interval {percent_interval(worth)})."
        )
    sure = [d for d in shown.solution.description.descriptors if d.p_holm < 0.05]
    if sure:
        first = max(sure, key=lambda d: d.effect.estimate)
        yield shown.about(first) or f"{first.title or first.name} goes with the segments most."


def about_trust(shown: Shown) -> Iterator[str]:
    weak = [s for s in shown.visible if s.stability is not None and s.stability < 0.6]
    if weak:
        names = ", ".join(f"“{s.name}” ({s.stability:.2f})" for s in weak)
        verb = "does" if len(weak) == 1 else "do"
        yield f"{names} {verb} not come back in other samples: do not build on {'it' if len(weak) == 1 else 'them'}."
    split = shown.solution.verdict.split_columns
    if split:
        titles = {column.name: column.label for column in shown.solution.columns}
        named = ", ".join(titles.get(name, name) for name in split)
        whom = "it" if len(split) == 1 else "them"
        yield f"The groups are apart in {named} alone: a rule about {whom} says the same."
    if shown.solution.assigner_agreement < 0.995:
        yield (
            f"New people are placed by the nearest middle, which puts {percent(shown.solution.assigner_agreement)} of "
            "the fitted people where the method did."
        )
    warned = [f for f in shown.solution.findings if f.level != "note"]
    if warned:
        one = len(warned) == 1
        yield f"{count(len(warned))} {'warning' if one else 'warnings'} about the data: see How it was made."


def number_of(k: int) -> str:
    return "1 segment" if k == 1 else f"{k} segments"
