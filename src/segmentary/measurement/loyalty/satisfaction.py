"""Net promoter score, satisfaction and share of wallet of segments, by survey answers, weighted where answers are.

NPS is 100 x (promoters - detractors); its variance is that of a multinomial difference, its interval the adjusted Wald
one of Rocks (three pseudo-answers spread 3/4, 3/2, 3/4), which keeps its level for few answers and near the ends.
Weights lessen what the answers are worth (Kish). Share of wallet is a ratio of sums over respondents.

References: Reichheld (2003), Harvard Business Review 81(12); Rocks (2016), The American Statistician 70(4); Kish
(1965), Survey Sampling; Keiningham et al. (2011), Harvard Business Review 89(10) (share of wallet).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.measurement.loyalty.figures import Figure, Gap, gap_by_errors, gap_of
from segmentary.measurement.loyalty.questions import Question, Spending
from segmentary.models.intervals import (
    Interval,
    Moments,
    difference_of_means,
    difference_of_shares,
    holm,
    normal_quantile,
    wilson,
)

COUNTS, PAIRS, WALLET = (Path(__file__).with_name(f"{name}.sql") for name in ("counts", "pairs", "wallet"))
EVERYBODY = -1
PSEUDO = 0.75


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a group in one wave, by end of the scale.

    people : who answered. good, bad, rest : weights. squares : of the weights.
    """

    people: int = 0
    good: float = 0.0
    bad: float = 0.0
    rest: float = 0.0
    squares: float = 0.0

    @property
    def weight(self) -> float:
        """The sum of weights."""
        return self.good + self.bad + self.rest

    @property
    def worth(self) -> float:
        """How many equally weighted answers they are worth."""
        return self.weight**2 / self.squares if self.squares > 0 else 0.0

    def plus(self, other: Answers) -> Answers:
        """Return both together."""
        return Answers(
            self.people + other.people, self.good + other.good, self.bad + other.bad,
            self.rest + other.rest, self.squares + other.squares,
        )  # fmt: skip

    def without(self, other: Answers) -> Answers:
        """Return those that are not the other's, who is part of this one."""
        return Answers(
            self.people - other.people, max(0.0, self.good - other.good), max(0.0, self.bad - other.bad),
            max(0.0, self.rest - other.rest), max(0.0, self.squares - other.squares),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WaveScore:
    """The net promoter score of a segment in one wave, with the shares it is made of."""

    wave: str
    score: Interval
    promoters: Interval
    passives: Interval
    detractors: Interval


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """How a segment's score changed between two waves. p : corrected for all segments and waves (Holm).

    both : how many answered in both: their answers are alike, which makes the change surer.
    """

    earlier: str
    later: str
    change: Gap
    both: int
    p: float = 1.0

    @property
    def clear(self) -> bool:
        """Whether it is more than chance."""
        return self.p < 0.05


@dataclass(frozen=True, slots=True)
class ScoreSeries:
    """The net promoter score of a segment over the waves, and its changes."""

    segment: str
    waves: tuple[WaveScore, ...]
    changes: tuple[ScoreChange, ...]

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = asdict(self)
        for row, change in zip(document["changes"], self.changes, strict=True):
            row["clear"] = change.clear
        return document


Counted = Mapping[tuple[int, str], Answers]


def counted(engine: Engine, answers: exp.Query, members: exp.Query, question: Question) -> Counted:
    """Return the answers of each segment (`EVERYBODY` for all) in each wave."""
    found: dict[tuple[int, str], Answers] = {}
    rows = engine.rows(query(COUNTS, answers=answers, members=members, survey=question.survey, item=question.item))
    # In the order of the answers: sums of weights do not depend on the order the engine gives them in.
    for segment, wave, answer, people, weight, squares in sorted(rows, key=lambda row: (row[0], row[1], row[2])):
        good, bad = answer >= question.promoter, answer <= question.detractor
        part = Answers(
            int(people), weight if good else 0.0, weight if bad else 0.0, 0.0 if good or bad else weight, squares
        )
        key = (int(segment), str(wave))
        found[key] = found.get(key, Answers()).plus(part)
    return found


def score_of(answers: Answers, *, level: float = 0.95) -> Interval:
    """Return the net promoter score, -100 to 100, with the adjusted Wald interval."""
    if answers.weight <= 0:
        return Interval(math.nan, -100.0, 100.0, 0, level)
    worth = answers.worth
    good, bad = answers.good / answers.weight, answers.bad / answers.weight
    n = worth + 4 * PSEUDO
    better, worse = (worth * good + PSEUDO) / n, (worth * bad + PSEUDO) / n
    middle = better - worse
    half = normal_quantile(level) * math.sqrt(max(0.0, better + worse - middle**2) / n)
    estimate = 100 * (good - bad)
    low, high = max(-100.0, 100 * (middle - half)), min(100.0, 100 * (middle + half))
    return Interval(estimate, min(estimate, low), max(estimate, high), answers.people, level)


def moments_of(answers: Answers) -> Moments:
    """Return mean and variance of the scores 1, 0, -1."""
    good, bad = answers.good / answers.weight, answers.bad / answers.weight
    n = answers.worth
    return Moments(round(n), good - bad, max(0.0, good + bad - (good - bad) ** 2) * n / max(1.0, n - 1))


def share_of(part: float, answers: Answers) -> Interval:
    """Return a share of answers with Wilson's interval at what they are worth."""
    if answers.weight <= 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    return replace(wilson(part / answers.weight * answers.worth, answers.worth), n=answers.people)


def nps_figure(segment: str, question: Question, wave: str, own: Answers, everybody: Answers) -> Figure:
    """Return a segment's net promoter score in a wave, against everybody else who answered."""
    others = everybody.without(own)
    gap = None
    if min(own.people, others.people) > 1:
        gap = gap_of(difference_of_means(moments_of(own), moments_of(others)), 100.0)
    what = f"{question.what}, {wave}" if wave else question.what
    return Figure(segment, "nps", what, "score", score_of(own), score_of(others), gap)


def csat_figure(segment: str, question: Question, wave: str, own: Answers, everybody: Answers) -> Figure:
    """Return a segment's share of satisfied people (the two best answers) in a wave, against everybody else's."""
    others = everybody.without(own)
    gap = None
    if min(own.people, others.people) > 1:
        n, m = round(own.worth), round(others.worth)
        k, j = round(own.good / own.weight * n), round(others.good / others.weight * m)
        gap = gap_of(difference_of_shares(k, n, j, m))
    what = f"{question.promoter} or {question.high} of {question.high} to {question.what}" + (
        f", {wave}" if wave else ""
    )
    return Figure(segment, "csat", what, "share", share_of(own.good, own), share_of(others.good, others), gap)


def series(
    engine: Engine,
    answers: exp.Query,
    members: exp.Query,
    question: Question,
    segments: Sequence[str],
    found: Counted,
    *,
    least_people: int = 11,
) -> tuple[ScoreSeries, ...]:
    """Follow the net promoter score of each segment over the waves; waves with too few answers are left out."""
    rows = engine.rows(
        query(
            PAIRS,
            answers=answers,
            members=members,
            survey=question.survey,
            item=question.item,
            promoter=question.promoter,
            detractor=question.detractor,
        )
    )
    pairs = {
        (int(segment), str(earlier), str(later)): (int(n), float(one), float(two), float(product))
        for segment, earlier, later, n, one, two, product in rows
    }
    made = []
    for number, segment in enumerate(segments):
        told = [w for w in question.waves if found.get((number, w), Answers()).people >= least_people]
        changes = tuple(
            change
            for one, two in pairwise(told)
            if (change := change_of(found[number, one], found[number, two], one, two, pairs.get((number, one, two))))
        )
        waves = tuple(wave_score(wave, found[number, wave]) for wave in told)
        made.append(ScoreSeries(segment, waves, changes))
    ps = iter(holm([change.change.p for one in made for change in one.changes]))
    return tuple(replace(one, changes=tuple(replace(change, p=next(ps)) for change in one.changes)) for one in made)


def wave_score(wave: str, answers: Answers) -> WaveScore:
    return WaveScore(
        wave,
        score_of(answers),
        share_of(answers.good, answers),
        share_of(answers.rest, answers),
        share_of(answers.bad, answers),
    )


def change_of(
    one: Answers, two: Answers, earlier: str, later: str, pair: tuple[int, float, float, float] | None
) -> ScoreChange | None:
    """Return the change of the score; those who answered twice make both scores move together."""
    if min(one.people, two.people) < 2:
        return None
    a, b = moments_of(one), moments_of(two)
    both, covariance = 0, 0.0
    if pair is not None and pair[0] > 1:
        both, first, second, product = pair
        covariance = (product - first * second / both) / (both - 1)
    variance = a.variance / a.n + b.variance / b.n - 2 * both * covariance / (a.n * b.n)
    if not variance > 0:
        return None
    change, error = b.mean - a.mean, math.sqrt(variance)
    half = normal_quantile(0.95) * error
    p = 2 * NormalDist().cdf(-abs(change) / error)
    return ScoreChange(earlier, later, Gap(100 * change, 100 * (change - half), 100 * (change + half), p), both)


# ---------------------------------------------------------------- share of wallet


@dataclass(frozen=True, slots=True)
class SpendingSums:
    """Sums over respondents; see ``wallet.sql``."""

    people: int = 0
    ours: float = 0.0
    spent: float = 0.0
    ours_ours: float = 0.0
    ours_spent: float = 0.0
    spent_spent: float = 0.0

    def without(self, other: SpendingSums) -> SpendingSums:
        """Return the sums over those who are not the other's, who are part of this one."""
        return SpendingSums(
            self.people - other.people, self.ours - other.ours, self.spent - other.spent,
            self.ours_ours - other.ours_ours, self.ours_spent - other.ours_spent, self.spent_spent - other.spent_spent,
        )  # fmt: skip

    @property
    def share(self) -> float:
        """Ours of everything."""
        return self.ours / self.spent if self.spent > 0 else math.nan

    @property
    def error(self) -> float:
        """Its standard error by linearisation of the ratio."""
        if self.people < 2 or self.spent <= 0:
            return math.nan
        share = self.share
        spread = self.ours_ours - 2 * share * self.ours_spent + share**2 * self.spent_spent
        return math.sqrt(max(0.0, spread) * self.people / (self.people - 1)) / self.spent

    @property
    def interval(self) -> Interval:
        """The share with its interval, within 0 and 1."""
        half = normal_quantile(0.95) * self.error
        if not math.isfinite(half):
            return Interval(self.share, 0.0, 1.0, self.people)
        return Interval(self.share, max(0.0, self.share - half), min(1.0, self.share + half), self.people)


def wallet(
    engine: Engine, answers: exp.Query, members: exp.Query, asked: Spending
) -> dict[tuple[int, str], SpendingSums]:
    """Return what the members of each segment (`EVERYBODY` for all) say they spend, by wave."""
    rows = engine.rows(
        query(WALLET, answers=answers, members=members, survey=asked.survey, ours=asked.ours, items=asked.items)
    )
    return {
        (int(segment), str(wave)): SpendingSums(int(people), *(round(float(one), 6) for one in sums))
        for segment, wave, people, *sums in rows
    }


def wallet_figure(segment: str, asked: Spending, wave: str, own: SpendingSums, everybody: SpendingSums) -> Figure:
    """Return a segment's share of wallet in a wave, against everybody else's."""
    others = everybody.without(own)
    gap = gap_by_errors(own.share, others.share, own.error, others.error)
    rivals = ", ".join(item for item in asked.items if item != asked.ours)
    what = f"{asked.ours} of it and {rivals}" + (f", {wave}" if wave else "")
    return Figure(segment, "share_of_wallet", what, "share", own.interval, others.interval, gap)
