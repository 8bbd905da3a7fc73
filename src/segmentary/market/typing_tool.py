"""The typing tool (golden questions): the fewest items that tell a person's segment, and what they are worth.

Also the bridge from a survey to the customer base: the same function on other columns (behaviour, CRM) of the people
whose segment is known; it says so when those columns do not tell the segments.

The classifier is a multinomial logit with a ridge on few items, chosen one after the other; its scores are `Terms`, so
it places people through `Assigner` wherever assigners work. Agreement is cross-validated with everything repeated
inside: which items, in which order, and how many (nested). Confidence is calibrated on unseen people by one factor
(Guo et al. 2017, ICML).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.market.typing_items import Item, design, items_of, terms_of
from segmentary.market.typing_logit import Logit, fit_logit
from segmentary.market.typing_measure import (
    Measured,
    choose,
    crossed,
    difference,
    share,
    sheet_hits,
    temperature,
)
from segmentary.market.typing_path import Stop, path
from segmentary.market.typing_results import Bin, CurvePoint, OneMore, Sure, TypedSegment, TypingTool
from segmentary.market.typing_sheet import sheet_of
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import softmax
from segmentary.models.describe.estimates import sums_by
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

MEASURED_ON, FITTED_ON = 4_000, 50_000
LEAST_PEOPLE = 20
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
UNSURE = 0.8
BINS = 8


@dataclass(frozen=True, eq=False)
class Unseen:
    """What was seen of people by tools made without them, at the chosen number of items. p : (n, k) calibrated."""

    hits: npt.NDArray[np.bool_]
    p: Floats
    labels: npt.NDArray[np.intp]
    weight: Floats


def typing_tool(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    *,
    keys: Sequence[str] | None = None,
    wanted: float = 0.8,
    most: int = 10,
    seed: int = 0,
    tell: Tell = quiet,
) -> TypingTool:
    """Make the typing tool of a solution.

    Parameters
    ----------
    table : the items to choose from, with survey weights where there are any. Missing answers are left out of a
        person's scores, never guessed.
    labels : (n,) place of each person's segment, 0 ... k-1; -1: not known, left out.
    keys : (k,) keys of the segments; without: ``segment_1`` ...
    wanted : the agreement to reach with as few items as possible, 0 to 1.
    most : never more items than this.
    seed : of the folds, and of the sample the measuring is done on where there are more than 4,000 people.

    Raises
    ------
    NoAnswerError
        where nothing can be told: fewer than 20 people with a segment, one segment only, no item that varies.
    """
    from segmentary.models.cluster.em import one_thread

    # Thousands of small products: threads would only wait for each other, and add up in another order.
    with one_thread():
        return made(table, labels, keys, wanted, most, seed, tell)


def made(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    keys: Sequence[str] | None,
    wanted: float,
    most: int,
    seed: int,
    tell: Tell,
) -> TypingTool:
    own, given, k = checked(table, labels, keys, wanted, most)
    random = np.random.default_rng(seed)
    sample = rows(len(own), MEASURED_ON, random)
    part, truth = own.take(sample), given[sample]
    items = items_of(part)
    if not items:
        raise NoAnswerError("no column varies: there is nothing to ask", hint="take other columns")
    names = tuple(keys) if keys is not None else tuple(f"segment_{place + 1}" for place in range(k))
    blocks = design(items, part)
    weight = part.weight
    measured = crossed(
        items, blocks, truth, weight, k, wanted=wanted, most=most, random=random, tell=within(tell, 0.0, 0.8)
    )
    hits = (measured.scores.argmax(axis=2) == truth).T
    count = choose(hits, weight, wanted)
    tell("the tool of everybody", 0.8)
    stops = path(items, blocks, truth, weight, k, most)
    warmth = temperature(measured.scores[count - 1], truth, weight)
    unseen = Unseen(hits[:, count - 1], softmax(measured.scores[count - 1] / warmth), truth, weight)
    tell("how sure it is", 0.9)
    fitted_rows = rows(len(own), FITTED_ON, random)
    fitted, fitted_truth = own.take(fitted_rows), given[fitted_rows]
    chosen = [items[place] for place in stops[count - 1].items]
    logit = tempered(refitted(chosen, fitted, fitted_truth, k, stops[count - 1].logit), warmth)
    whole_bank = [items[place] for place in stops[-1].items]
    bank_warmth = temperature(measured.scores[-1], truth, weight)
    bank = tempered(refitted(whole_bank, fitted, fitted_truth, k, stops[-1].logit), bank_warmth)
    found = measures(measured, unseen, hits, stops, items, part, names, count, wanted)
    tell("made", 1.0)
    return TypingTool(
        assigner=assigner_of(names, chosen, logit),
        sheet=sheet_of(names, chosen, logit, part),
        bank=assigner_of(names, whole_bank, bank),
        bank_shares=tuple(tuple(item.shares.tolist()) for item in whole_bank),
        wanted=wanted,
        people=len(part),
        **found,  # type: ignore[arg-type]
    )


def checked(
    table: TypedTable, labels: npt.NDArray[np.intp], keys: Sequence[str] | None, wanted: float, most: int
) -> tuple[TypedTable, npt.NDArray[np.intp], int]:
    """Return the people with a segment, their segments, and how many segments there are."""
    if labels.shape != (len(table),):
        raise DataError(f"{len(table)} rows and labels of shape {labels.shape} do not fit")
    if not 0 < wanted <= 1:
        raise UsageError(f"the wanted agreement is a share between 0 and 1, not {wanted}")
    if most < 1:
        raise UsageError("a typing tool has at least one item", hint="most=1 or more")
    placed = np.flatnonzero(labels >= 0)
    if len(placed) < LEAST_PEOPLE:
        raise NoAnswerError(
            f"a typing tool cannot be learned from {len(placed)} people with a known segment",
            hint=f"at least {LEAST_PEOPLE}; some hundreds are a beginning",
        )
    given = labels[placed].astype(np.intp)
    k = max(int(given.max()) + 1, len(keys) if keys is not None else 0)
    if keys is not None and len(keys) < k:
        raise DataError(f"{k} segments and {len(keys)} keys do not fit")
    if len(np.unique(given)) < 2:
        raise NoAnswerError("everybody is in one segment: there is nothing to tell apart")
    return table.take(placed), given, k


def rows(n: int, most: int, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return all places, or a sample of them in their order."""
    return np.arange(n) if n <= most else np.sort(random.choice(n, most, replace=False))


def refitted(items: Sequence[Item], table: TypedTable, labels: npt.NDArray[np.intp], k: int, start: Logit) -> Logit:
    return fit_logit(np.column_stack(design(items, table)), labels, table.weight, k, start=start)


def tempered(logit: Logit, warmth: float) -> Logit:
    """Return the logit with confidence as it proved on unseen people; nobody's segment changes."""
    return Logit(logit.constant / warmth, logit.slopes / warmth, logit.loss)


def assigner_of(names: tuple[str, ...], items: Sequence[Item], logit: Logit) -> Assigner:
    slopes, at = [], 0
    for item in items:
        slopes.append(logit.slopes[at : at + item.width])
        at += item.width
    preparation, terms = terms_of(items, logit.constant, slopes)
    return Assigner(names, tuple(item.column for item in items), preparation, terms)


def measures(
    measured: Measured,
    unseen: Unseen,
    hits: npt.NDArray[np.bool_],
    stops: Sequence[Stop],
    items: Sequence[Item],
    table: TypedTable,
    names: tuple[str, ...],
    count: int,
    wanted: float,
) -> dict[str, object]:
    """Return everything measured, by the names of the tool's attributes."""
    truth, weight = unseen.labels, unseen.weight
    shares = sums_by(truth, weight, len(names))
    largest = truth == int(np.argmax(shares))
    nested = measured.nested == truth
    agreement, majority = share(nested, weight), share(largest, weight)
    gain = difference(nested, largest, weight)
    reliability, error = reliable(unseen)
    useful = gain.low > 0
    reached = agreement.estimate >= wanted
    order = stops[-1].items
    before = [largest, *hits.T]
    curve = tuple(
        CurvePoint(
            place + 1,
            items[order[place]].column.name,
            items[order[place]].column.label,
            share(hits[:, place], weight),
            difference(before[place + 1], before[place], weight),
        )
        for place in range(hits.shape[1])
    )
    return {
        "curve": curve,
        "agreement": agreement,
        "sheet_agreement": share(sheet_hits(measured, items, table, truth, names, count), weight),
        "majority": majority,
        "gain": gain,
        "reached": reached,
        "useful": useful,
        "segments": segments(unseen, names),
        "confusion": confusion(unseen, len(names)),
        "reliability": reliability,
        "calibration_error": error,
        "sure": surely(unseen),
        "one_more": one_more(unseen, hits, curve, count),
        "sentence": sentence(agreement, majority, count, wanted, reached, useful),
        "findings": findings(agreement, majority, unseen, reached, useful, wanted, count),
    }


def segments(unseen: Unseen, names: Sequence[str]) -> tuple[TypedSegment, ...]:
    given = unseen.p.argmax(axis=1)
    found = []
    for place, name in enumerate(names):
        mine, placed = unseen.labels == place, given == place
        found.append(
            TypedSegment(name, share(placed[mine], unseen.weight[mine]), share(mine[placed], unseen.weight[placed]))
        )
    return tuple(found)


def confusion(unseen: Unseen, k: int) -> tuple[tuple[float, ...], ...]:
    cells = sums_by(unseen.labels * k + unseen.p.argmax(axis=1), unseen.weight, k * k)
    return tuple(tuple(row) for row in (cells / unseen.weight.sum()).reshape(k, k).tolist())


def reliable(unseen: Unseen) -> tuple[tuple[Bin, ...], float]:
    """Return confidence against truth in groups of equal size, and the mean distance between the two."""
    confidence = unseen.p.max(axis=1)
    order = np.argsort(confidence, kind="stable")
    total, error, found = float(unseen.weight.sum()), 0.0, []
    for part in np.array_split(order, min(BINS, max(1, len(order) // 15))):
        weight = unseen.weight[part]
        mean = float(np.average(confidence[part], weights=weight))
        right = share(unseen.hits[part], weight)
        found.append(Bin(mean, float(weight.sum()) / total, right))
        error += float(weight.sum()) / total * abs(mean - right.estimate)
    return tuple(found), error


def surely(unseen: Unseen) -> tuple[Sure, ...]:
    confidence = unseen.p.max(axis=1)
    found = []
    for least in THRESHOLDS:
        sure = confidence >= least
        found.append(Sure(least, share(sure, unseen.weight), share(unseen.hits[sure], unseen.weight[sure])))
    return tuple(found)


def one_more(unseen: Unseen, hits: npt.NDArray[np.bool_], curve: Sequence[CurvePoint], count: int) -> OneMore | None:
    """Return what one more question to the unsure is worth; None where there is no further item, or nobody unsure."""
    unsure = unseen.p.max(axis=1) < UNSURE
    if count >= hits.shape[1] or not unsure.any():
        return None
    before, after, weight = hits[:, count - 1], hits[:, count], unseen.weight
    then = np.where(unsure, after, before)
    return OneMore(
        curve[count].item,
        curve[count].title,
        UNSURE,
        share(unsure, weight),
        share(before[unsure], weight[unsure]),
        share(after[unsure], weight[unsure]),
        difference(after[unsure], before[unsure], weight[unsure]),
        share(then, weight),
    )


def sentence(agreement: Interval, majority: Interval, count: int, wanted: float, reached: bool, useful: bool) -> str:
    """Return the tool in one sentence."""
    asked = "1 question places" if count == 1 else f"{count} questions place"
    figures = (
        f"{asked} {points(agreement.estimate)} of people in their segment "
        f"({points(agreement.low)} to {points(agreement.high)}, people the tool had not seen)"
    )
    if not useful:
        return (
            f"These columns do not tell the segments apart: {figures}, and always naming the largest segment "
            f"is right for {points(majority.estimate)}."
        )
    ending = "" if reached else f"; the wanted {points(wanted)} is not reached"
    return f"{figures}; always naming the largest segment would be right for {points(majority.estimate)}{ending}."


def points(share_of: float) -> str:
    return f"{100 * share_of:.0f} %"


def findings(
    agreement: Interval,
    majority: Interval,
    unseen: Unseen,
    reached: bool,
    useful: bool,
    wanted: float,
    count: int,
) -> tuple[Finding, ...]:
    found = []
    if not useful:
        found.append(
            Finding(
                "not_better_than_majority",
                "warning",
                f"agreement {points(agreement.estimate)} ({points(agreement.low)} to {points(agreement.high)}) is not "
                f"surely above the {points(majority.estimate)} of always naming the largest segment",
                "do not target by this tool; take columns that have to do with why people differ, or ask people",
            )
        )
    elif not reached:
        found.append(
            Finding(
                "agreement_not_reached",
                "warning",
                f"agreement {points(agreement.estimate)} with {count} items stays below the wanted {points(wanted)}",
                "allow more items, offer better ones, or use only people the tool is sure of",
            )
        )
    few = [str(int((unseen.labels == place).sum())) for place in np.unique(unseen.labels)]
    if min(map(int, few)) < 30:
        found.append(
            Finding(
                "few_people",
                "warning",
                f"the smallest segment has {min(map(int, few))} people to learn from",
                "mind its recall: its interval is wide",
            )
        )
    return tuple(found)
