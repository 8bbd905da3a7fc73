"""Who named which code: shares of people by the survey's design, differences of segments, mentions in interviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmentary.market.estimate import Contrast, Estimate, corrected, share_contrast
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import mean, share
from segmentary.models.intervals import Interval
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats
from segmentary.models.voice.agreement import Agreement
from segmentary.models.voice.theme_results import (
    NO_SHARES,
    CodeMentions,
    CodeShare,
    CountedMentions,
    CountedShares,
    SegmentShare,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from segmentary.workspace.voice_texts import Said
    from segmentary.workspace.voice_themes import Gathered, Mention
    from segmentary.workspace.workspace import Workspace

QUOTES = 3
MOST_CODES = 60
IN, OUT = "in", "out"


def mentioned(gathered: Gathered, agreed: Agreement | None) -> CountedMentions:
    """Count participants and passages of each code in interviews: nothing else can be said of them."""
    everybody = {one.participant for one in gathered.texts}
    codes = []
    for (kind, code), own in by_code(gathered.mentions).items():
        who = {gathered.texts[one.text].participant for one in own}
        title = gathered.titles.get((kind, code), code.replace("_", " ").capitalize())
        codes.append(
            CodeMentions(code, kind, title, len(who), len({o.text for o in own}), quotes_of(gathered.texts, own))
        )
    codes.sort(key=lambda one: (-one.participants, -one.passages, one.code))
    return CountedMentions(
        gathered.source, len(everybody), len(gathered.texts), tuple(codes), tuple(noticed(gathered)),
        (NO_SHARES,), agreed,
    )  # fmt: skip


def counted_shares(
    workspace: Workspace, gathered: Gathered, segments: Sequence[str], agreed: Agreement | None
) -> CountedShares:
    """Return the share of people who named each code, and of each segment against everybody else."""
    below = workspace.settings.suppress_below
    people = sorted({one.participant for one in gathered.texts})
    place = {name: i for i, name in enumerate(people)}
    design = design_of(gathered.texts, place)
    groups = groups_of(workspace, segments, gathered.texts, place) if segments else {}
    codes, tests = list[CodeShare](), list[tuple[int, int, Contrast]]()
    ranked = sorted(by_code(gathered.mentions).items(), key=lambda one: (-len({m.text for m in one[1]}), one[0]))
    for (kind, code), own in ranked[:MOST_CODES]:
        named = np.zeros(len(people), dtype=bool)
        named[[place[gathered.texts[one.text].participant] for one in own]] = True
        n = int(named.sum())
        title = gathered.titles.get((kind, code), code.replace("_", " ").capitalize())
        if n < below:
            codes.append(CodeShare(code, kind, title, None, None, None, None, ()))
            continue
        (estimate,) = share(design, named)
        each = list[SegmentShare]()
        for segment, group in groups.items():
            found, test = compared(segment, design, named, group, below)
            if test is not None:
                tests.append((len(codes), len(each), test))
            each.append(found)
        moods = moods_of(gathered.texts, own, place)
        effect = estimate.design_effect if np.isfinite(estimate.design_effect) else None
        codes.append(
            CodeShare(
                code,
                kind,
                title,
                n,
                estimate.interval,
                effect,
                mood_of(design, moods, below),
                quotes_of(gathered.texts, own),
                tuple(each),
            )
        )
    told = judged(codes, tests)
    of = "people who answered" if gathered.texts[0].kind == "answer" else "people who wrote there"
    without = len(people) - len({gathered.texts[one.text].participant for one in gathered.mentions})
    return CountedShares(
        of, gathered.source, len(people), len(gathered.texts), without, told, below, design.weighted,
        (*noticed(gathered), *findings_of(design, told, below)), sentences_of(gathered, of, design), agreed,
    )  # fmt: skip


def by_code(mentions: Sequence[Mention]) -> dict[tuple[str, str], list[Mention]]:
    found: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for one in mentions:
        found[one.kind, one.code].append(one)
    return found


def design_of(texts: Sequence[Said], place: Mapping[str, int]) -> SurveyDesign:
    """Return how the people were drawn, as far as their answers say; who has no weight stands for nobody."""
    first = {place[one.participant]: one for one in reversed(texts)}
    own = [first[i] for i in range(len(place))]
    if all(one.weight is None for one in own):
        return SurveyDesign.unweighted(len(own))
    weights = np.array([one.weight or 0.0 for one in own])
    strata, clusters = (column([getattr(one, name) for one in own]) for name in ("stratum", "cluster"))
    return SurveyDesign(weights, strata, clusters)


def column(values: Sequence[str | None]) -> npt.NDArray[np.object_] | None:
    """Return a column of the design; None where nobody has it."""
    if all(one is None for one in values):
        return None
    return np.array(["" if one is None else one for one in values], dtype=object)


def groups_of(
    workspace: Workspace, segments: Sequence[str], texts: Sequence[Said], place: Mapping[str, int]
) -> dict[str, Groups]:
    """Return who is in each segment by the newest run and who is not; people who are no customers are in neither."""
    customer = {place[one.participant]: one.customer_id for one in texts if one.customer_id is not None}
    with workspace.tailoring.members(segments) as (names, members):
        rows = workspace.warehouse.rows(members)
    found = {}
    everybody = {str(who) for who, segment in rows if int(segment) < 0}
    for number, name in enumerate(names):
        inside = {str(who) for who, segment in rows if int(segment) == number}
        labels = [
            None if customer.get(i) not in everybody else IN if customer[i] in inside else OUT
            for i in range(len(place))
        ]
        found[name] = Groups.of(labels, (IN, OUT))
    return found


def compared(
    segment: str, design: SurveyDesign, named: npt.NDArray[np.bool_], group: Groups, below: int
) -> tuple[SegmentShare, Contrast | None]:
    """Return how often a segment names a code against everybody else, and the test of the difference."""
    sizes = [int((group.labels == k).sum()) for k in (0, 1)]
    hits = [int(named[group.labels == k].sum()) for k in (0, 1)]
    if min(sizes) < below or any(0 < one < below for one in hits):
        return SegmentShare(segment, sizes[0], None, None, None, None, "too few"), None
    one, other = share(design, named, groups=group)
    test = share_contrast(one, other)
    return SegmentShare(segment, sizes[0], within(one), within(other), test.interval, None, "unclear"), test


def within(one: Estimate) -> Interval:
    return one.interval


def judged(codes: Sequence[CodeShare], tests: Sequence[tuple[int, int, Contrast]]) -> tuple[CodeShare, ...]:
    """Return the codes with their verdicts: differences that stay sure among all that were tested (Holm)."""
    found = [list(one.segments) for one in codes]
    for (code, segment, _), test in zip(tests, corrected([one for _, _, one in tests]), strict=True):
        own = found[code][segment]
        verdict = ("more" if test.estimate > 0 else "less") if test.known and test.sure else "unclear"
        p = test.p_holm if np.isfinite(test.p_holm) else None
        found[code][segment] = replace(own, p=p, verdict=verdict)
    return tuple(replace(one, segments=tuple(own)) for one, own in zip(codes, found, strict=True))


def moods_of(texts: Sequence[Said], own: Sequence[Mention], place: Mapping[str, int]) -> Floats:
    """Return the mean mood of each person in what they said of a code, (people,); NaN: of nobody known."""
    by_person: dict[int, list[float]] = defaultdict(list)
    for one in own:
        if one.sentiment is not None:
            by_person[place[texts[one.text].participant]].append(one.sentiment)
    found = np.full(len(place), np.nan)
    for i, values in by_person.items():
        found[i] = float(np.mean(values))
    return found


def mood_of(design: SurveyDesign, moods: Floats, below: int) -> Interval | None:
    """Return the mean mood by the survey's design; None of too few people."""
    if int(np.isfinite(moods).sum()) < below:
        return None
    (found,) = mean(design, moods)
    return found.interval


def quotes_of(texts: Sequence[Said], own: Sequence[Mention]) -> tuple[str, ...]:
    """Return what different people said, at most `QUOTES`."""
    found: dict[str, str] = {}
    for one in own:
        who = texts[one.text].participant
        if who not in found and one.quote and one.quote not in found.values():
            found[who] = one.quote
        if len(found) == QUOTES:
            break
    return tuple(found.values())


def noticed(gathered: Gathered) -> list[Finding]:
    """Say who was left out, and what was found of themes."""
    found, out = list[Finding](), gathered.left_out
    if out.refused_analytics:
        some = "a text" if out.refused_analytics == 1 else f"{out.refused_analytics:,} texts"
        message = f"{some} of whoever refused analytics left out"
        found.append(Finding("refused", "note", message))
    if gathered.found is not None:
        level = "note" if gathered.found.themes else "warning"
        found.append(Finding("themes", level, gathered.found.verdict))  # type: ignore[arg-type]
    return found


def findings_of(design: SurveyDesign, codes: Sequence[CodeShare], below: int) -> list[Finding]:
    """Say what is hidden and what is wrong with the design."""
    found = [one for one in design.findings if design.weighted]
    hidden = sum(one.people is None for one in codes)
    if hidden:
        found.append(Finding("suppressed", "note", f"{hidden} codes of fewer than {below} people are hidden"))
    return found


def sentences_of(gathered: Gathered, of: str, design: SurveyDesign) -> tuple[str, ...]:
    """Say whom the shares are of."""
    if gathered.texts[0].kind != "answer":
        return (f"Shares are of {of}, not of all customers: who writes has a reason to.",)
    if design.weighted:
        return ("Shares are weighted: of the population the answers stand for.",)
    return (f"Shares are of {of}; without weights they stand for themselves.",)
