"""A generated survey of the market around the generated business: seeded, with everything planted in it known.

Population: adults of four regions. Each belongs to an attitude group (the same as the customers of the generated
business, `market_people.ATTITUDE_GROUPS`), which decides how they answer, what they need, which shops they use, how old
they are, and whether they are our customers.

Sample: three waves, each stratified by region (the east is asked more often than it is large) with sampling points in
each region as clusters; the young and men answer less often. ``weight`` undoes the first (its sum in a wave is the
population), raking to `MarketSurvey.margins` undoes the second.

With a gap, one group (green) is large in the market, growing, hardly among our customers, and wants a service
(repair_service) with which nobody is satisfied. Without one, customers are a random sample of the market, group sizes
stand still, and every need is satisfied alike.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.samples.business import Business, Customer
from segmentary.samples.market_people import (
    ATTITUDE_GROUPS,
    GAP_GROUP,
    GAP_NEED,
    PERSONS,
    Row,
    attitudes,
    base_shares,
    brands,
    group_of,
    needs,
)
from segmentary.samples.personas import Persona

POPULATION = 5_000_000
REGIONS: Mapping[str, float] = {"north": 0.22, "east": 0.18, "south": 0.31, "west": 0.29}
ASKED: Mapping[str, float] = {"north": 0.22, "east": 0.34, "south": 0.22, "west": 0.22}
POINTS_A_REGION = 15
AGE_GROUPS: Mapping[str, tuple[int, int]] = {"18-29": (18, 30), "30-44": (30, 45), "45-59": (45, 60), "60+": (60, 80)}
ANSWERS: Mapping[str, float] = {"18-29": 0.45, "30-44": 0.65, "45-59": 0.85, "60+": 1.0, "female": 1.0, "male": 0.75}
"""Probability that somebody asked answers: by age times by sex."""
WAVES = ("2024", "2025", "2026")
AWARE_OF_US: Mapping[str, float] = {"2024": 0.28, "2025": 0.36, "2026": 0.44}
"""Of those who are not our customers."""
PENETRATION = 0.08
GAP_SHARES: Mapping[str, float] = {"2024": 0.15, "2025": 0.20, "2026": 0.25}


@dataclass(frozen=True, slots=True)
class SurveyTruth:
    """What is true of the market a survey was drawn from.

    Attributes
    ----------
    segments : the attitude group of each row. sizes : wave -> group -> share of the population.
    penetration : wave -> group -> share of its people who are our customers. awareness : wave -> share of the
        population that knows our shop. gap_segment, gap_need : the planted gap; None where there is none.
    trends : what changes over the waves (``size_green``, ``awareness_ours``) -> its value in each wave.
    """

    segments: tuple[str, ...]
    sizes: Mapping[str, Mapping[str, float]]
    penetration: Mapping[str, Mapping[str, float]]
    awareness: Mapping[str, float]
    gap_segment: str | None
    gap_need: str | None
    trends: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class MarketSurvey:
    """A survey with its truth.

    Attributes
    ----------
    rows : one per respondent: respondent_id, wave, region (stratum), point (cluster), weight, sex, age, age_group,
        customer_id (None: not a customer), attitude items of 1 to 5, importance_ and satisfied_ of each need, aware_,
        considers_, uses_, spend_ (EUR a year) of each shop, and how it is seen (None: not known).
    population : people of the market. margins : wave -> variable (region, sex, age_group) -> level -> people, for
        raking.
    """

    rows: tuple[Row, ...]
    truth: SurveyTruth
    population: int
    margins: Mapping[str, Mapping[str, Mapping[str, float]]]

    def columns(self) -> dict[str, list[Any]]:
        """Return the rows as columns."""
        return {name: [row[name] for row in self.rows] for name in (self.rows[0] if self.rows else ())}

    def wave(self, name: str) -> MarketSurvey:
        """Return one wave."""
        places = [place for place, row in enumerate(self.rows) if row["wave"] == name]
        truth = self.truth
        part = SurveyTruth(
            tuple(truth.segments[place] for place in places), truth.sizes, truth.penetration, truth.awareness,
            truth.gap_segment, truth.gap_need, truth.trends,
        )  # fmt: skip
        return MarketSurvey(tuple(self.rows[place] for place in places), part, self.population, self.margins)


def market_survey(
    *, respondents: int = 3_000, gap: bool = True, seed: int = 7, business: Business | None = None
) -> MarketSurvey:
    """Return a generated survey of the market.

    Parameters
    ----------
    respondents : over all three waves.
    gap : whether the gap is there.
    business : the generated business whose customers are asked; None: customers have ids of nobody.
    """
    chance = random.Random(f"{seed}:market:{gap}")  # noqa: S311 - a sample, not a secret
    sizes = {wave: shares(wave, gap=gap) for wave in WAVES}
    penetration = {wave: penetrations(sizes[wave]) for wave in WAVES}
    ours = customers_by_persona(business, chance)
    rows: list[Row] = []
    segments: list[str] = []
    for number in range(respondents):
        wave = WAVES[number * len(WAVES) // respondents]
        group, row = respondent(chance, wave, sizes[wave], penetration[wave], ours, gap=gap)
        rows.append({"respondent_id": f"R{number + 1:05d}", **row})
        segments.append(group)
    weigh(rows)
    awareness = {wave: aware_in(wave, sizes[wave], penetration[wave]) for wave in WAVES}
    trends = {"awareness_ours": tuple(awareness[wave] for wave in WAVES)}
    if gap:
        trends[f"size_{GAP_GROUP}"] = tuple(sizes[wave][GAP_GROUP] for wave in WAVES)
    truth = SurveyTruth(
        tuple(segments), sizes, penetration, awareness, GAP_GROUP if gap else None, GAP_NEED if gap else None, trends
    )
    return MarketSurvey(tuple(rows), truth, POPULATION, {wave: margins(sizes[wave]) for wave in WAVES})


def shares(wave: str, *, gap: bool) -> dict[str, float]:
    """Return the share of each group in the market of a wave."""
    base = base_shares()
    if not gap:
        return base
    others = (1 - GAP_SHARES[wave]) / (1 - base[GAP_GROUP])
    return {group: GAP_SHARES[wave] if group == GAP_GROUP else share * others for group, share in base.items()}


def penetrations(sizes: Mapping[str, float]) -> dict[str, float]:
    """Return the share of customers in each group: together 8 % of the market, with the shares of the customer base."""
    base = base_shares()
    return {group: PENETRATION * base[group] / size for group, size in sizes.items()}


def aware_in(wave: str, sizes: Mapping[str, float], penetration: Mapping[str, float]) -> float:
    """Return the share of the population that knows our shop."""
    customers = sum(size * penetration[group] for group, size in sizes.items())
    return customers + (1 - customers) * AWARE_OF_US[wave]


def customers_by_persona(business: Business | None, chance: random.Random) -> dict[str, list[Customer]]:
    """Return the customers of the business in a drawn order, by persona."""
    found: dict[str, list[Customer]] = {}
    for who in business.customers if business is not None else ():
        found.setdefault(who.persona, []).append(who)
    for people in found.values():
        chance.shuffle(people)
    return found


def respondent(
    chance: random.Random,
    wave: str,
    sizes: Mapping[str, float],
    penetration: Mapping[str, float],
    ours: Mapping[str, list[Customer]],
    *,
    gap: bool,
) -> tuple[str, Row]:
    """Draw one who answers: people are asked until somebody does."""
    region = chance.choices(list(ASKED), list(ASKED.values()))[0]
    while True:
        group = chance.choices(list(sizes), list(sizes.values()))[0]
        persona = drawn_persona(chance, group)
        sex, age = drawn_person(chance, persona)
        if chance.random() < ANSWERS[sex] * ANSWERS[age_group(age)]:
            break
    customer = chance.random() < penetration[group]
    point = f"{region}-{wave}-{chance.randrange(POINTS_A_REGION) + 1:02d}"
    # People of one place answer a little alike: without it clusters would be clusters in name only.
    local = random.Random(point).gauss(0, 0.1)  # noqa: S311 - a sample, not a secret
    style = chance.gauss(0, 0.15) + local
    row: Row = {
        "wave": wave,
        "region": region,
        "point": point,
        "weight": 0.0,
        "sex": sex,
        "age": age,
        "age_group": age_group(age),
        "customer_id": customer_id(chance, ours.get(persona.name)) if customer else None,
    }
    row |= attitudes(chance, persona, style)
    row |= needs(chance, group, style, gap=gap)
    return group, row | brands(chance, group, customer=customer, aware_of_us=AWARE_OF_US[wave])


def drawn_persona(chance: random.Random, group: str) -> Persona:
    names = ATTITUDE_GROUPS[group]
    return PERSONS[chance.choices(names, [PERSONS[name].share for name in names])[0]]


def drawn_person(chance: random.Random, persona: Persona) -> tuple[str, int]:
    sex = "female" if chance.random() < persona.women else "male"
    return sex, chance.randrange(max(18, persona.ages[0]), min(80, persona.ages[1]))


def customer_id(chance: random.Random, people: list[Customer] | None) -> str:
    """Return the id of a customer of the business nobody was yet; where there is none left, an id of nobody."""
    if people:
        return people.pop().customer_id
    return f"X{chance.randrange(10**7):07d}"


def age_group(age: int) -> str:
    """Return the age group of an adult below 80."""
    return next(name for name, (_, below) in AGE_GROUPS.items() if age < below)


def weigh(rows: list[Row]) -> None:
    """Give everybody the number of people of their region they stand for in their wave."""
    asked: dict[tuple[str, str], int] = {}
    for row in rows:
        asked[row["wave"], row["region"]] = asked.get((row["wave"], row["region"]), 0) + 1
    for row in rows:
        row["weight"] = POPULATION * REGIONS[row["region"]] / asked[row["wave"], row["region"]]


def margins(sizes: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return the people of a population with these group sizes by region, sex and age group."""
    women = 0.0
    ages = dict.fromkeys(AGE_GROUPS, 0.0)
    for group, share in sizes.items():
        names = ATTITUDE_GROUPS[group]
        whole = sum(PERSONS[name].share for name in names)
        for name in names:
            persona, part = PERSONS[name], share * PERSONS[name].share / whole
            women += part * persona.women
            low, high = max(18, persona.ages[0]), min(80, persona.ages[1])
            for label, (start, end) in AGE_GROUPS.items():
                ages[label] += part * max(0, min(high, end) - max(low, start)) / (high - low)
    return {
        "region": {name: POPULATION * share for name, share in REGIONS.items()},
        "sex": {"female": POPULATION * women, "male": POPULATION * (1 - women)},
        "age_group": {label: POPULATION * share for label, share in ages.items()},
    }


def attitude_truth(business: Business, *, people: Literal["answered", "all"] = "answered") -> dict[str, str]:
    """Return customer_id -> planted attitude group of a generated business.

    people : those who answered the survey; or all whose persona has attitudes (newcomers and silent ones have none),
        as a typing tool over the whole base is judged by.
    """
    found: dict[str, str] = {}
    for who in business.customers:
        group = group_of(who.persona)
        if group is not None and (people == "all" or who.answered_at is not None):
            found[who.customer_id] = group
    return found
