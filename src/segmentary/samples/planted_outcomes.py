"""A generated subscription business whose outcomes are known: satisfaction, leaving, tastes, and what a campaign did.

Seeded, our own, and deterministic: the same arguments write the same bytes. How to use it::

    from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes

    truth = plant_outcomes(folder, customers=4_000, seed=7)        # writes the files of SOURCES and truth.json
    with sg.init(tmp_path / "shop", timezone=truth.timezone, currency=truth.currency, environment={}) as workspace:
        workspace.add(*(folder / source.file for source in SOURCES))    # each is recognised without a question
        workspace.apply(SEGMENTS)                  # basic, plus, pro; region_north ... region_west; subscribers
        workspace.run(truth.as_of)                                 # 2026-03-01

The groups are the plans, an attribute ``plan`` of every customer: ``basic`` (45%), ``plus`` (35%), ``pro`` (20%). The
attribute ``region`` has no effect on anything: whatever is claimed about a region is false. What is planted, in
numbers, is `planted_plans`; what is true of the people drawn is the returned `OutcomesTruth`:

- **leaving**: events ``subscription_started`` and ``subscription_cancelled``; a constant hazard per plan
  (`OutcomesTruth.survival`). Who has not cancelled by as-of is censored.
- **buying**: while subscribed, a Poisson process whose rate differs between people (gamma) and plans.
- **tastes**: shares of categories, price levels, channels, weekends, evenings, chat topics per plan. The share of
  ``garden`` of the plan ``plus`` rises from 2024-12 on; all other shares of all other plans stand still. Lines of one
  person are alike (a person follows an own taste for a third of them), so lines are not independent.
- **answers**: survey ``pulse``, three waves: ``recommend`` (0-10; `nps`), ``satisfaction`` (1-5), ``spend_ours``,
  ``spend_kaffeehaus``, ``spend_gartenmarkt``. The score of ``plus`` rises in the last wave; within a plan, answers say
  nothing about leaving.
- **a campaign**: exposures of ``autumn_offer`` with arms ``treated`` (45%), ``control`` (45%) and ``holdout`` (10%,
  treated like control), assigned at 2025-10-06 09:00 to everybody subscribed; it changes the rate of ordering for 56
  days: +35% in ``plus``, nothing in ``basic``, -10% in ``pro`` (`effects`).
- **a campaign that proves nothing**: exposures of ``loyal_letter`` without an arm, sent to the best customers on
  2025-05-05; it does nothing, though its recipients go on buying far more than others.

``experiment="none"`` leaves the randomised campaign out (nobody is treated); ``experiment="broken"`` loses a third of
its control rows on the way into the file, as a broken log does: the sample ratio is wrong, and nothing may be claimed.

Every arm is drawn independently for each person, and a customer is in the experiment when subscribed on its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from segmentary.samples.exports import SampleSource, write_csv
from segmentary.samples.planted_answers import SURVEY, answers, chats, iso, mails
from segmentary.samples.planted_lives import PRODUCTS, Buying, Ints, Lives, buying, day_of, letter, lives
from segmentary.samples.planted_plans import (
    ARMS,
    ASSIGNED_ON,
    CAMPAIGN,
    CHANNELS,
    CURRENCY,
    DAYS,
    LETTER,
    LETTER_ON,
    PLANS,
    REGIONS,
    TIMEZONE,
)
from segmentary.samples.planted_truth import OutcomesTruth, truth_of

__all__ = ["CURRENCY", "SEGMENTS", "SOURCES", "SURVEY", "TIMEZONE", "TRUTH_FILE", "OutcomesTruth", "plant_outcomes"]

SEGMENTS = Path(__file__).with_name("planted_outcomes.yaml")
TRUTH_FILE = "truth.json"
Experiment = Literal["clean", "broken", "none"]
LOST = 0.35
LEVELS_OF_A_CATEGORY = 3

SOURCES = (
    SampleSource("customers.csv", "customers", "customers", {"record_id": "customer_id", "created_at": "created_at"}),
    SampleSource("products.csv", "products", "products", {"product_id": "product_id", "category": "category"}),
    SampleSource("order_lines.csv", "order_lines", "order_lines",
                 {"order_id": "order_id", "happened_at": "ordered_at", "record_id": "customer_id",
                  "product_id": "product_id", "quantity": "quantity", "unit_price": "unit_price", "amount": "amount",
                  "currency": "currency", "channel": "channel"}),
    SampleSource("subscription_events.csv", "subscription_events", "events",
                 {"name": "event", "happened_at": "happened_at", "record_id": "customer_id"}),
    SampleSource("email_events.csv", "email_events", "events",
                 {"name": "event", "happened_at": "happened_at", "record_id": "customer_id"}),
    SampleSource("chats.csv", "chats", "events",
                 {"name": "event", "happened_at": "happened_at", "record_id": "customer_id"}),
    SampleSource("survey.csv", "survey", "responses",
                 {"record_id": "customer_id", "survey": "survey", "wave": "wave", "item": "question",
                  "value": "answer", "answered_at": "answered_at"}),
    SampleSource("exposures.csv", "exposures", "exposures",
                 {"record_id": "customer_id", "campaign": "campaign", "arm": "arm", "assigned_at": "assigned_at",
                  "sent_at": "sent_at"}),
)  # fmt: skip


LINE_COLUMNS = (
    "order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price", "amount", "currency", "channel",
)  # fmt: skip


def plant_outcomes(
    folder: str | Path, *, customers: int = 4_000, seed: int = 7, experiment: Experiment = "clean"
) -> OutcomesTruth:
    """Write the business into a folder and return what is true of it.

    Parameters
    ----------
    customers : how many people ever subscribe, over two and a half years.
    experiment : ``clean``; ``broken`` (rows of the control arm are lost); ``none`` (it never was).
    """
    streams = [np.random.default_rng([seed, k]) for k in range(6)]
    people = lives(customers, streams[0])
    bought = buying(people, streams[1], experiment=experiment != "none")
    ids = [f"m{k + 1:05d}" for k in range(customers)]
    lucky = letter(people, bought)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "customers.csv", ("customer_id", "created_at", "plan", "region"), customer_rows(people, ids))
    write_csv(folder / "products.csv", ("product_id", "name", "category", "price"), PRODUCTS)
    write_csv(folder / "order_lines.csv", LINE_COLUMNS, line_rows(bought, ids))
    write_csv(
        folder / "subscription_events.csv", ("customer_id", "event", "happened_at"), subscription_rows(people, ids)
    )
    write_csv(
        folder / "chats.csv",
        ("customer_id", "event", "happened_at", "topic"),
        (
            (ids[who], "support_chat_started", iso(day, minute), topic)
            for who, topic, day, minute in chats(people, streams[2])
        ),
    )
    write_csv(
        folder / "survey.csv",
        ("customer_id", "survey", "wave", "question", "answer", "answered_at"),
        (
            (ids[who], SURVEY, wave, item, value, iso(day, minute))
            for who, wave, item, value, day, minute in answers(people, streams[3])
        ),
    )
    write_campaigns(folder, people, lucky, ids, (streams[4], streams[5]), experiment)
    truth = truth_of(people, ids, experiment=experiment != "none")
    truth.write(folder / TRUTH_FILE)
    return truth


def write_campaigns(
    folder: Path,
    people: Lives,
    lucky: Ints,
    ids: list[str],
    streams: tuple[np.random.Generator, np.random.Generator],
    experiment: Experiment,
) -> None:
    """Write the mails of both campaigns and who was in which arm."""
    treated = np.flatnonzero(people.arm == 0) if experiment != "none" else np.array([], dtype=np.int64)
    write_csv(
        folder / "email_events.csv",
        ("customer_id", "event", "happened_at", "campaign"),
        (
            (ids[who], event, at, campaign)
            for whom, date, name in ((lucky, LETTER_ON, LETTER), (treated, ASSIGNED_ON, CAMPAIGN))
            for who, event, at, campaign in mails(whom.tolist(), day_of(date), name, streams[0])
        ),
    )
    write_csv(
        folder / "exposures.csv",
        ("customer_id", "campaign", "arm", "assigned_at", "sent_at"),
        exposure_rows(people, lucky, ids, streams[1], experiment),
    )


def customer_rows(people: Lives, ids: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield the customers."""
    for k, who in enumerate(ids):
        yield who, iso(int(people.joined[k]), 8 * 60), PLANS[people.plan[k]].name, REGIONS[people.region[k]]


def line_rows(bought: Buying, ids: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield order lines by time."""
    moments = [iso(int(day), int(minute)) for day, minute in zip(bought.day, bought.minute, strict=True)]
    for order, category, level, product in zip(
        bought.line_order.tolist(),
        bought.line_category.tolist(),
        bought.line_level.tolist(),
        bought.line_product.tolist(),
        strict=True,
    ):
        number, _, _, price = PRODUCTS[(category * LEVELS_OF_A_CATEGORY + level) * 2 + product]
        yield (
            f"o{order + 1:06d}", moments[order], ids[bought.who[order]], number, 1, f"{price}.00", f"{price}.00",
            CURRENCY, CHANNELS[bought.channel[order]],
        )  # fmt: skip


def subscription_rows(people: Lives, ids: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield who began and who ended a subscription."""
    for k, who in enumerate(ids):
        yield who, "subscription_started", iso(int(people.joined[k]), 8 * 60)
        if people.left[k] < DAYS:
            yield who, "subscription_cancelled", iso(int(people.left[k]), 8 * 60)


def exposure_rows(
    people: Lives, lucky: Ints, ids: list[str], rng: np.random.Generator, experiment: Experiment
) -> Iterator[tuple[object, ...]]:
    """Yield who was in which arm; the letter has none."""
    sent = iso(day_of(LETTER_ON), 9 * 60)
    for who in lucky:
        yield ids[who], LETTER, "", sent, sent
    if experiment == "none":
        return
    arms = tuple(ARMS)
    sent = iso(day_of(ASSIGNED_ON), 9 * 60)
    for who in np.flatnonzero(people.arm >= 0):
        arm = arms[people.arm[who]]
        if experiment == "broken" and arm == "control" and rng.uniform() < LOST:
            continue
        yield ids[who], CAMPAIGN, arm, sent, sent if arm == "treated" else ""
