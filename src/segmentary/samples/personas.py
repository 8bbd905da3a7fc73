"""How the generated people live, buy and think: a dozen ways, so that segments differ in more than their rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Course = Literal["steady", "faded", "newcomer", "once", "browser", "silent"]
SCALES = ("eco", "price", "brand", "fitness", "innovation", "satisfaction")


@dataclass(frozen=True, slots=True)
class Persona:
    """One way of being a customer.

    Attributes
    ----------
    share : how common it is, relative to the others.
    course : what their life with the shop looks like.
    orders_a_year : mean number of orders while active.
    lines : mean number of lines of an order.
    taste : category -> weight; categories not named weigh 1.
    discounted, returned, evening, weekend, store, app, mail_opened : probabilities.
    visits : mean number of visits without an order in the last half year.
    devices : weights of mobile iOS, mobile Android, tablet, Windows, macOS.
    ages : youngest and oldest.
    income : mean yearly income; 0 for unknown.
    attitudes : scale -> mean answer of 1 to 5; scales not named are 3.
    chats : mean number of support chats in the last half year.
    """

    name: str
    share: int
    course: Course
    orders_a_year: float
    lines: float = 1.8
    taste: Mapping[str, float] = field(default_factory=dict)
    discounted: float = 0.15
    returned: float = 0.05
    evening: float = 0.3
    weekend: float = 0.28
    store: float = 0.2
    app: float = 0.15
    mail_opened: float = 0.25
    visits: float = 2.0
    devices: tuple[int, int, int, int, int] = (25, 30, 8, 27, 10)
    ages: tuple[int, int] = (19, 78)
    women: float = 0.5
    income: int = 42_000
    children: float = 0.35
    students: float = 0.03
    firms: float = 0.04
    attitudes: Mapping[str, float] = field(default_factory=dict)
    chats: float = 0.15


PERSONAS = (
    Persona("regular", 13, "steady", 5.0, 2.4, {"home": 3, "clothing": 3}, mail_opened=0.5, store=0.4, ages=(30, 76),
            income=52_000, attitudes={"brand": 4.3, "satisfaction": 4.4}),
    Persona("bargain_hunter", 12, "steady", 3.4, 1.7, {"clothing": 3, "shoes": 3}, discounted=0.85, returned=0.12,
            mail_opened=0.6, income=29_000, attitudes={"price": 4.6, "brand": 2.0}),
    Persona("sportsman", 9, "steady", 4.2, 1.8, {"fitness": 9, "shoes": 4}, evening=0.55, ages=(20, 48), women=0.42,
            devices=(35, 35, 3, 15, 12), income=47_000, attitudes={"fitness": 4.7, "innovation": 3.6}),
    Persona("beauty_lover", 10, "steady", 4.4, 2.0, {"beauty": 10, "clothing": 3}, ages=(18, 55), women=0.88,
            devices=(50, 30, 5, 8, 7), app=0.35, income=38_000, attitudes={"brand": 3.9, "fitness": 3.3}),
    Persona("family", 13, "steady", 3.6, 2.9, {"baby": 7, "books": 3, "clothing": 3}, weekend=0.5, children=0.96,
            ages=(26, 50), income=56_000, attitudes={"price": 3.7, "eco": 3.5}),
    Persona("gadget_fan", 7, "steady", 3.0, 1.4, {"electronics": 10}, evening=0.5, ages=(19, 45), women=0.3,
            devices=(38, 18, 5, 20, 19), app=0.3, income=68_000, attitudes={"innovation": 4.7, "brand": 3.6}),
    Persona("green", 6, "steady", 2.4, 1.7, {"books": 3, "beauty": 2, "home": 3}, discounted=0.05, ages=(22, 70),
            women=0.6, attitudes={"eco": 4.7, "innovation": 2.6}, returned=0.02),
    Persona("office_buyer", 6, "steady", 6.5, 3.2, {"office": 14, "electronics": 2}, evening=0.04, weekend=0.03,
            store=0.02, app=0.02, devices=(2, 2, 1, 80, 15), firms=1.0, ages=(25, 63),
            attitudes={"price": 3.5}, chats=0.5),
    Persona("once", 8, "once", 1.0, 1.2, mail_opened=0.08),
    Persona("faded", 9, "faded", 4.5, 1.9, mail_opened=0.03, attitudes={"satisfaction": 1.7, "brand": 2.2}, chats=0.6,
            returned=0.2),
    Persona("newcomer", 4, "newcomer", 6.0, 1.3, ages=(18, 40), students=0.3, income=24_000, visits=4,
            devices=(45, 40, 4, 7, 4)),
    Persona("browser", 5, "browser", 0.0, 1.0, visits=14, ages=(18, 60), students=0.15, devices=(40, 40, 6, 9, 5)),
    Persona("silent", 3, "silent", 0.0, visits=0, mail_opened=0.0),
)  # fmt: skip
