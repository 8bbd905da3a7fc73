"""Write the generated business down as the exports of the tools such a business uses.

The customer list is a plain CSV; the shop writes semicolons, decimal commas and day-first dates behind a byte order
mark; the site delivers gzipped JSON lines; the e-mail tool Parquet; the survey one line per answer.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from segmentary.samples.business import TIMEZONE, Business, Customer, Line, Order, WebEvent
from segmentary.sources.base import Kind

SURVEY = "attitudes_2025"


@dataclass(frozen=True, slots=True)
class SampleSource:
    """One file of a sample business, and how to add it.

    Attributes
    ----------
    file : its name in the folder, or its path where the data stay where they are.
    name : name of the source.
    kind : what one row is.
    columns : canonical name -> column, and what else `sources.mapping.propose` takes as decided by a person, such as
        ``event_name``.
    settings : other fields of the mapping, such as ``timezone``.
    """

    file: str
    name: str
    kind: Kind
    columns: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


SOURCES = (
    SampleSource("customers.csv", "customers", "customers",
                 {"record_id": "customer_id", "created_at": "created_at", "account_id": "account_id",
                  "household_id": "household_id", "email": "email", "phone": "phone"}),
    SampleSource("accounts.csv", "accounts", "accounts", {"record_id": "account_id"}),
    SampleSource("households.csv", "households", "households", {"record_id": "household_id"}),
    SampleSource("products.csv", "products", "products",
                 {"product_id": "product_id", "name": "name", "category": "category", "brand": "brand"}),
    SampleSource("order_lines.csv", "orders", "order_lines",
                 {"order_id": "Beleg", "cancels_order_id": "zu_Bestellung", "happened_at": "Zeitpunkt",
                  "record_id": "Kundennr", "sale_kind": "Vorgang", "product_id": "Artikelnr",
                  "description": "Bezeichnung",
                  "quantity": "Menge", "unit_price": "Einzelpreis", "discount": "Rabatt", "amount": "Betrag",
                  "currency": "Waehrung", "channel": "Kanal"},
                 {"decimal_mark": ",", "timezone": TIMEZONE}),
    SampleSource("web_events.jsonl.gz", "web", "events",
                 {"message_id": "id", "name": "event", "happened_at": "timestamp", "record_id": "user_id",
                  "session_id": "session_id", "product_id": "product_id", "category": "category",
                  "channel": "channel"}),
    SampleSource("email_events.parquet", "email", "events",
                 {"message_id": "event_id", "name": "event", "happened_at": "occurred_at", "record_id": "contact_id"}),
    SampleSource("survey.csv", "survey", "responses",
                 {"record_id": "customer_id", "item": "question", "value": "answer", "answered_at": "answered_at",
                  "survey": "survey"}),
    SampleSource("chats.jsonl", "chats", "events",
                 {"message_id": "id", "name": "event", "happened_at": "started_at", "record_id": "customer_id"}),
    SampleSource("chat_messages.jsonl", "chat_messages", "messages",
                 {"message_id": "id", "conversation_id": "conversation_id", "happened_at": "sent_at",
                  "record_id": "customer_id", "direction": "direction", "channel": "channel", "text": "text"}),
    SampleSource("consents.csv", "consents", "consents",
                 {"record_id": "customer_id", "purpose": "purpose", "channel": "channel", "granted": "granted",
                  "happened_at": "decided_at", "evidence": "evidence"}),
)  # fmt: skip


def write_exports(business: Business, folder: Path) -> None:
    """Write every file of `SOURCES` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "customers.csv", CUSTOMER_COLUMNS, map(customer_row, business.customers))
    write_csv(
        folder / "accounts.csv",
        ("account_id", "name", "employees", "sector", "country", "founded_on"),
        ((a.account_id, a.name, a.employees, a.sector, a.country, a.founded_on) for a in business.accounts),
    )
    write_csv(
        folder / "households.csv",
        ("household_id", "dwelling", "persons"),
        ((h.household_id, h.dwelling, h.size) for h in business.households),
    )
    write_csv(
        folder / "products.csv",
        ("product_id", "name", "category", "brand", "price"),
        ((p.product_id, p.name, p.category, p.brand, p.price) for p in business.products),
    )
    write_csv(folder / "order_lines.csv", LINE_COLUMNS, line_rows(business), delimiter=";", encoding="utf-8-sig")
    with gzip.GzipFile(folder / "web_events.jsonl.gz", "wb", compresslevel=1, mtime=0) as stream:
        stream.writelines(web_lines(business))
    write_mails(business, folder / "email_events.parquet")
    write_csv(
        folder / "survey.csv",
        ("customer_id", "survey", "question", "answer", "answered_at"),
        (
            (who.customer_id, SURVEY, answer.item, answer.value, iso(who.answered_at))
            for who in business.customers
            for answer in who.answers
        ),
    )
    write_chats(business, folder)
    write_csv(
        folder / "consents.csv",
        ("customer_id", "purpose", "channel", "granted", "decided_at", "evidence"),
        (
            (who.customer_id, c.purpose, c.channel, "yes" if c.granted else "no", iso(c.happened_at), "account page")
            for who in business.customers
            for c in who.consents
        ),
    )


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def iso(at: dt.datetime | None) -> str:
    """Return an instant as the tools write it: UTC, to the second where nothing finer is known."""
    return "" if at is None else at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


CUSTOMER_COLUMNS = (
    "customer_id", "created_at", "first_name", "last_name", "email", "phone", "birth_date", "gender", "city", "country",
    "postal_code", "income", "children", "occupation", "account_id", "household_id",
)  # fmt: skip


def customer_row(who: Customer) -> tuple[object, ...]:
    town = who.town
    postal_code = f"{town.postal_prefix}{sum(map(ord, who.customer_id)) % 1000:03d}" if town.postal_prefix else ""
    return (
        who.customer_id, iso(who.created_at), who.first_name, who.last_name, who.email, who.phone, who.birth_date,
        who.gender, town.city, town.country, postal_code, who.income, who.children, who.occupation,
        who.account.account_id if who.account else "", who.household.household_id if who.household else "",
    )  # fmt: skip


# ---------------------------------------------------------------- the shop

LINE_COLUMNS = (
    "Beleg", "zu_Bestellung", "Zeitpunkt", "Kundennr", "Vorgang", "Artikelnr", "Bezeichnung", "Menge", "Einzelpreis",
    "Rabatt", "Betrag", "Waehrung", "Kanal",
)  # fmt: skip


def line_rows(business: Business) -> Iterator[tuple[object, ...]]:
    """Yield order lines by time, as a till writes them: local time, decimal comma; refunds negative."""
    sold: list[tuple[dt.datetime, str, list[tuple[object, ...]]]] = []
    for customer_id, order in sales(business):
        slip = Slip(order.order_id, "", order.placed_at, customer_id, order.channel)
        rows = [slip.row("sale" if line.unit_price > 0 else "free", line, 1, business.zone) for line in order.lines]
        sold.append((order.placed_at, order.order_id, rows))
    for who in business.customers:
        for refund in who.refunds:
            slip = Slip(refund.refund_id, refund.order_id, refund.happened_at, who.customer_id, refund.channel)
            rows = [slip.row(refund.kind, line, -1, business.zone) for line in refund.lines]
            sold.append((refund.happened_at, refund.refund_id, rows))
    sold.sort(key=lambda entry: entry[:2])
    for _, _, rows in sold:
        yield from rows


def sales(business: Business) -> Iterator[tuple[str, Order]]:
    """Yield every order with its customer; guests have none."""
    for who in business.customers:
        for order in who.orders:
            yield who.customer_id, order
    for order in business.guest_orders:
        yield "", order


@dataclass(frozen=True, slots=True)
class Slip:
    """What all lines of one order or refund share."""

    number: str
    about: str
    at: dt.datetime
    customer_id: str
    channel: str

    def row(self, kind: str, line: Line, sign: int, zone: ZoneInfo) -> tuple[object, ...]:
        """Return one line as the till writes it; ``sign`` is -1 for what comes back."""
        return (
            self.number, self.about, f"{self.at.astimezone(zone):%d.%m.%Y %H:%M:%S}", self.customer_id, kind,
            line.product.product_id, line.product.name, sign * line.quantity, comma(line.unit_price),
            comma(line.discount), comma(sign * line.amount), "EUR", self.channel,
        )  # fmt: skip


def comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


# ---------------------------------------------------------------- the site, the mail tool, the chats


def web_lines(business: Business) -> Iterator[bytes]:
    """Yield the site's events as JSON lines, in order of time."""
    seen: list[tuple[dt.datetime, str, WebEvent]] = [
        (event.happened_at, who.customer_id, event) for who in business.customers for event in who.web
    ]
    seen += [(event.happened_at, "", event) for event in business.anonymous_web]
    seen.sort(key=lambda entry: entry[:2])
    for number, (_, customer_id, event) in enumerate(seen, start=1):
        body = {
            "id": f"w{number:08d}",
            "event": event.name,
            "timestamp": iso(event.happened_at),
            "user_id": customer_id or None,
            "session_id": event.session_id,
            "channel": "web",
            "page": event.page,
            "product_id": event.product.product_id if event.product else None,
            "category": event.product.category if event.product else None,
            "user_agent": event.device.user_agent,
        }
        yield json.dumps(body).encode() + b"\n"


def write_mails(business: Business, path: Path) -> None:
    rows = sorted(
        (
            (mail.happened_at, who.customer_id, mail.name, mail.campaign)
            for who in business.customers
            for mail in who.mails
        ),
        key=lambda row: row[:3],
    )
    table = pa.table(
        {
            "event_id": pa.array([f"m{n:08d}" for n in range(1, len(rows) + 1)], pa.string()),
            "contact_id": pa.array([row[1] for row in rows], pa.string()),
            "event": pa.array([row[2] for row in rows], pa.string()),
            "occurred_at": pa.array([row[0] for row in rows], pa.timestamp("us", tz="UTC")),
            "campaign": pa.array([row[3] for row in rows], pa.string()),
        }
    )
    pq.write_table(table, path, compression="zstd")


def write_chats(business: Business, folder: Path) -> None:
    chats = sorted(
        ((chat.started_at, who.customer_id, chat) for who in business.customers for chat in who.chats),
        key=lambda entry: (entry[0], entry[2].conversation_id),
    )
    with (folder / "chats.jsonl").open("w", encoding="utf-8") as stream:
        for at, customer_id, chat in chats:
            body = {
                "id": chat.conversation_id,
                "event": "support_chat_started",
                "started_at": iso(at),
                "customer_id": customer_id,
                "topic": chat.topic,
            }
            stream.write(json.dumps(body, ensure_ascii=False) + "\n")
    with (folder / "chat_messages.jsonl").open("w", encoding="utf-8") as stream:
        for at, customer_id, chat in chats:
            for number, (direction, text) in enumerate(chat.turns, start=1):
                body = {
                    "id": f"{chat.conversation_id}-{number}",
                    "conversation_id": chat.conversation_id,
                    "sent_at": iso(at + dt.timedelta(seconds=20 * (number - 1))),
                    "customer_id": customer_id,
                    "channel": "chat",
                    "direction": direction,
                    "text": text,
                }
                stream.write(json.dumps(body, ensure_ascii=False) + "\n")
