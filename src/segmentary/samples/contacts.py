"""How the generated people visit the site, read their mail and ask for help."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

from segmentary.samples.business import Chat, Customer, Device, Mail, Product, WebEvent
from segmentary.samples.people import opted_in, poisson
from segmentary.samples.personas import Persona
from segmentary.samples.user_agents import bot, device

WEB_DAYS = 180
MAIL_DAYS = 365
DAYS_BETWEEN_NEWSLETTERS = 21
TALKS = {
    "delivery": ("Where is my parcel?", "It left our warehouse yesterday."),
    "return": ("How do I send the boots back?", "Print the label in your account, please."),
    "payment": ("I was charged twice.", "We will give the second amount back today."),
    "product": ("Does the watch count lengths in a pool?", "Yes, it does."),
}


def campaigns(as_of: dt.datetime, zone: ZoneInfo) -> list[tuple[str, dt.datetime]]:
    """Return the newsletters of the last year, newest first: name and moment of sending, nine in the morning."""
    newest = as_of.astimezone(zone).date() - dt.timedelta(days=5)
    days = [newest - dt.timedelta(days=back) for back in range(0, MAIL_DAYS - 5, DAYS_BETWEEN_NEWSLETTERS)]
    return [
        (f"newsletter_{day:%Y_%m_%d}", dt.datetime(day.year, day.month, day.day, 9, tzinfo=zone).astimezone(dt.UTC))
        for day in days
    ]


def read_mail(
    chance: random.Random, who: Customer, persona: Persona, sent: list[tuple[str, dt.datetime]], as_of: dt.datetime
) -> None:
    """Deliver every newsletter somebody had agreed to; some are opened, some of those clicked."""
    keen = min(0.95, persona.mail_opened * chance.uniform(0.3, 1.7))
    for campaign, at in sent:
        if at <= who.created_at or not opted_in(who, at) or chance.random() < 0.02:
            continue
        who.mails.append(Mail("email_delivered", at + dt.timedelta(seconds=chance.randint(1, 240)), campaign))
        opened_at = at + dt.timedelta(seconds=chance.randint(300, 2 * 86_400))
        if chance.random() < keen and opened_at < as_of:
            who.mails.append(Mail("email_opened", opened_at, campaign))
            clicked_at = opened_at + dt.timedelta(seconds=chance.randint(5, 300))
            if chance.random() < 0.3 and clicked_at < as_of:
                who.mails.append(Mail("email_clicked", clicked_at, campaign))
    for consent in who.consents:
        if consent.channel == "email" and not consent.granted and consent.happened_at > who.created_at:
            who.mails.append(Mail("email_unsubscribed", consent.happened_at, "preferences"))


def visit(
    chance: random.Random, who: Customer, begins_at: dt.datetime, shelf: tuple[Product, ...], using: Device, depth: int
) -> dt.datetime:
    """Record one visit and return its end. depth: 0 looks around, 1 looks at goods, 2 fills a cart, 3 checks out."""
    session_id = f"{who.customer_id}-{len(who.web) + 1}"
    at = begins_at
    product = chance.choice(shelf)

    def note(name: str, page: str, about: Product | None = None) -> None:
        nonlocal at
        who.web.append(WebEvent(name, at, session_id, using, page, about))
        at += dt.timedelta(seconds=chance.randint(4, 60))

    note("page_viewed", "/")
    if depth >= 1:
        note("page_viewed", f"/{product.category}")
        for _ in range(chance.randint(1, 3)):
            product = chance.choice(shelf)
            note("product_viewed", f"/product/{product.product_id}", product)
    if depth >= 2:
        note("product_added", "/cart", product)
    if depth >= 3:
        note("checkout_started", "/checkout")
    return at


def browse(
    chance: random.Random, who: Customer, persona: Persona, products: tuple[Product, ...], as_of: dt.datetime
) -> None:
    """Record the visits of the last half year: those that led to an order, and those that did not."""
    horizon = as_of - dt.timedelta(days=WEB_DAYS)
    main, other = device(chance, persona.devices), device(chance, persona.devices)
    plans: list[tuple[dt.datetime, int, tuple[Product, ...]]] = []
    for order in who.orders:
        if order.channel != "store" and order.placed_at - dt.timedelta(minutes=12) > max(horizon, who.created_at):
            plans.append((order.placed_at - dt.timedelta(minutes=12), 3, tuple(x.product for x in order.lines)))
    last_days = WEB_DAYS
    number = poisson(chance, persona.visits)
    if persona.visits >= 4 and chance.random() < 0.25:
        number, last_days = chance.randint(10, 24), 30
    for _ in range(number):
        at = as_of - dt.timedelta(seconds=chance.randint(3_600, last_days * 86_400))
        if at > who.created_at:
            plans.append((at, chance.choices((0, 1, 2, 3), (25, 52, 16, 7))[0], products))
    plans.sort(key=lambda plan: plan[0])
    for index, (at, depth, shelf) in enumerate(plans):
        latest = index == len(plans) - 1
        visit(chance, who, at, shelf, main if latest or chance.random() < 0.85 else other, depth)


def ask(chance: random.Random, who: Customer, persona: Persona, as_of: dt.datetime) -> None:
    """Record the support chats of the last half year."""
    for number in range(poisson(chance, persona.chats)):
        at = as_of - dt.timedelta(seconds=chance.randint(3_600, WEB_DAYS * 86_400))
        if at <= who.created_at:
            continue
        topic = chance.choice(tuple(TALKS))
        question, reply = TALKS[topic]
        turns = (("in", question), ("out", reply))
        who.chats.append(Chat(f"{who.customer_id}-chat-{number + 1}", at, topic, turns))


def anonymous(chance: random.Random, number: int, products: tuple[Product, ...], as_of: dt.datetime) -> list[WebEvent]:
    """Return views by nobody known, a third of them by crawlers."""
    found = []
    for index in range(number):
        using = bot(chance) if chance.random() < 0.33 else device(chance, (3, 3, 1, 3, 1))
        at = as_of - dt.timedelta(seconds=chance.randint(60, WEB_DAYS * 86_400))
        product = chance.choice(products)
        found.append(WebEvent("page_viewed", at, f"anonymous-{index + 1}", using, f"/product/{product.product_id}"))
    return found
