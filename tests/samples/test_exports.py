"""The exports of the generated business: written as the tools write, and recognised as what they are."""

import csv
import gzip
import json
from collections import Counter
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from segmentary.samples.exports import SOURCES
from segmentary.samples.generated import generate, make_business
from segmentary.settings import Settings
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source

SIZE = {"customers": 120, "seed": 5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("business")
    generate(folder, **SIZE)
    return folder


@pytest.fixture(scope="module")
def business():
    return make_business(**SIZE)[0]


def rows(path, **kwargs):
    with path.open(encoding=kwargs.pop("encoding", "utf-8"), newline="") as stream:
        return list(csv.DictReader(stream, **kwargs))


def test_every_source_is_a_file_and_every_file_a_source(folder):
    assert {path.name for path in folder.iterdir()} == {source.file for source in SOURCES} | {"truth.json"}
    assert len({source.name for source in SOURCES}) == len(SOURCES)


def test_the_till_writes_as_tills_do(folder, business):
    path = folder / "order_lines.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfBeleg;")
    lines = rows(path, encoding="utf-8-sig", delimiter=";")
    money = {kind: Decimal(0) for kind in ("sale", "free", "cancellation", "return")}
    for line in lines:
        assert line["Betrag"].count(",") == 1
        money[line["Vorgang"]] += Decimal(line["Betrag"].replace(",", "."))
    orders = [o for who in business.customers for o in who.orders] + business.guest_orders
    refunds = [r for who in business.customers for r in who.refunds]
    assert money["sale"] == sum(order.amount for order in orders)
    assert money["free"] == 0
    assert money["cancellation"] + money["return"] == -sum(refund.amount for refund in refunds)
    assert any(not line["Kundennr"] for line in lines)


def test_the_site_writes_json_lines_by_time(folder, business):
    with gzip.open(folder / "web_events.jsonl.gz", "rt", encoding="utf-8") as stream:
        events = [json.loads(line) for line in stream]
    assert len(events) == sum(len(who.web) for who in business.customers) + len(business.anonymous_web)
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)
    assert len({event["id"] for event in events}) == len(events)
    assert any(event["user_id"] is None for event in events)


def test_mails_are_typed(folder, business):
    table = pq.read_table(folder / "email_events.parquet")
    assert table.num_rows == sum(len(who.mails) for who in business.customers)
    assert str(table.schema.field("occurred_at").type) == "timestamp[us, tz=UTC]"


def test_skipped_answers_are_blank(folder):
    answers = Counter(row["answer"] for row in rows(folder / "survey.csv"))
    assert set(answers) == {"", "1", "2", "3", "4", "5"}


def test_chats_have_turns(folder):
    chats = (folder / "chats.jsonl").read_text(encoding="utf-8").splitlines()
    turns = (folder / "chat_messages.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(turns) == 2 * len(chats) > 0


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.file)
def test_each_is_mapped_without_a_question(source, folder):
    (delivery,) = open_source(folder / source.file, name=source.name)
    settings = Settings(timezone="Europe/Berlin")
    overrides = {**source.columns, **source.settings}
    mapping = settled(propose(delivery, settings=settings, kind=source.kind, overrides=overrides))
    assert mapping.kind == source.kind
    assert dict(source.columns).items() <= dict(mapping.columns).items()
