"""What the people of the generated subscription business say: survey answers and chats; and the mails they get."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from segmentary.samples.planted_lives import Lives, day_of, drawn, instant
from segmentary.samples.planted_plans import ANSWERING, CHATS, DAYS, MONTH_DAYS, PLANS, TOPICS, WAVES

SURVEY, RECOMMEND, SATISFIED = "pulse", "recommend", "satisfaction"
OURS, RIVALS = "spend_ours", ("spend_kaffeehaus", "spend_gartenmarkt")
ALIKE = 0.6
"""Share of the answers to the second question that rank a person as the first did."""
# Scores of promoters, passives and detractors, each with how likely it is among them.
SCORES = (((10, 0.55), (9, 0.45)), ((8, 0.6), (7, 0.4)), ((6, 0.35), (5, 0.3), (3, 0.2), (0, 0.15)))


def answers(people: Lives, rng: np.random.Generator) -> Iterator[tuple[int, str, str, float, int, int]]:
    """Yield who answered, the wave, the question, the answer, and the day and minute, wave by wave."""
    for wave, date in WAVES.items():
        sent = day_of(date)
        asked = np.flatnonzero(people.alive(sent) & (rng.uniform(size=people.n) < ANSWERING))
        kinds = np.array([one.nps[wave] for one in PLANS])[people.plan[asked]]
        rank, fresh = rng.uniform(size=len(asked)), rng.uniform(size=len(asked))
        kind = np.sum(rank[:, None] > np.cumsum(kinds, axis=1)[:, :-1], axis=1)
        other = np.where(rng.uniform(size=len(asked)) < ALIKE, rank, fresh)
        content = other < np.array([one.satisfied for one in PLANS])[people.plan[asked]]
        wallet = np.array([one.wallet for one in PLANS])[people.plan[asked]]
        spent = np.round(rng.lognormal(5.0, 0.4, len(asked)), 2)
        part = rng.beta(6 * wallet, 6 * (1 - wallet))
        rest = rng.beta(3, 3, len(asked))
        for k, person in enumerate(asked):
            values, chances = zip(*SCORES[kind[k]], strict=True)
            score = int(values[int(np.searchsorted(np.cumsum(chances)[:-1], rng.uniform()))])
            mark = int(rng.integers(4, 6) if content[k] else rng.integers(1, 4))
            minute = int(rng.integers(9 * 60, 20 * 60))
            ours = round(float(spent[k] * part[k]), 2)
            first = round(float((spent[k] - ours) * rest[k]), 2)
            told = {RECOMMEND: score, SATISFIED: mark, OURS: ours, RIVALS[0]: first,
                    RIVALS[1]: round(float(spent[k]) - ours - first, 2)}  # fmt: skip
            for item, value in told.items():
                yield int(person), wave, item, value, sent, minute


def chats(people: Lives, rng: np.random.Generator) -> Iterator[tuple[int, str, int, int]]:
    """Yield who asked, about what, and when (day, minute)."""
    until = np.minimum(people.left, DAYS)
    number = rng.poisson(CHATS / MONTH_DAYS * (until - people.joined))
    who = np.repeat(np.arange(people.n), number)
    day = people.joined[who] + np.floor(rng.uniform(size=len(who)) * (until - people.joined)[who]).astype(np.int64)
    topic = drawn(people, who, rng, "topics")
    minute = rng.integers(9 * 60, 20 * 60, len(who))
    for k in np.lexsort((who, minute, day)):
        yield int(who[k]), TOPICS[topic[k]], int(day[k]), int(minute[k])


def mails(who: list[int], day: int, campaign: str, rng: np.random.Generator) -> Iterator[tuple[int, str, str, str]]:
    """Yield what became of a campaign's mails: delivered to all; some opened, some clicked. It says nothing of buying.

    Each is person, event, instant, campaign.
    """
    for person in who:
        yield person, "email_delivered", iso(day, 9 * 60), campaign
        if rng.uniform() < 0.4:
            yield person, "email_opened", iso(day, int(rng.integers(10 * 60, 16 * 60))), campaign
            if rng.uniform() < 0.25:
                yield person, "email_clicked", iso(day, int(rng.integers(16 * 60, 20 * 60))), campaign


def iso(day: int, minute: int) -> str:
    """Return a moment as the tools write it."""
    return instant(day, minute).isoformat().replace("+00:00", "Z")
