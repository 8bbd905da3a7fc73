"""Find people by id, e-mail address, phone number or name: exactly, or by how it begins; nothing typed is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.identity.keys import normalize_email, normalize_phone
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS, IDENTIFIERS, IDENTITY_MAP

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

MOST = 50
SHORTEST_NAME = 2
NAMES = (
    *("name", "full_name", "first_name", "firstname", "given_name"),
    *("last_name", "lastname", "surname", "family_name", "company", "company_name"),
)
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody who was found. by : id, record, email, phone or name; exact : not only the beginning."""

    customer_id: str
    by: str
    exact: bool


def search_people(workspace: Workspace, text: str, *, personal: bool, limit: int = MOST) -> list[Match]:
    """Return who a text may mean, exact matches first. personal : look at addresses and names as well, not only ids."""
    wanted = text.strip()
    if not wanted or "\0" in wanted or not is_text(wanted):
        return []
    found: dict[str, Match] = {}
    for query, by, exact in queries(workspace, wanted, personal=personal):
        if len(found) >= limit:
            break
        for (customer_id,) in workspace.engine.rows(query.limit(limit)):
            found.setdefault(str(customer_id), Match(str(customer_id), by, exact))
    return list(found.values())[:limit]


def is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def queries(workspace: Workspace, wanted: str, *, personal: bool) -> Iterator[tuple[exp.Select, str, bool]]:
    """Yield what to ask, the most certain first; each returns ids in their order."""
    yield customers(column("customer_id").eq(literal(wanted))), "id", True
    yield records(column("record_id", "m").eq(literal(wanted))), "record", True
    if personal:
        email = normalize_email(wanted) or (wanted.lower() if "@" in wanted else None)
        if email:
            yield identified("email", column("value", "i").eq(literal(email))), "email", True
            yield identified("email", begins(column("value", "i"), email)), "email", False
        phone = normalize_phone(wanted, country=workspace.settings.country)
        if phone and sum(one.isdigit() for one in wanted) >= len(wanted) // 2:
            yield identified("phone", column("value", "i").eq(literal(phone))), "phone", True
    yield customers(begins(column("customer_id"), wanted)), "id", False
    yield records(begins(column("record_id", "m"), wanted)), "record", False
    if personal and len(wanted) >= SHORTEST_NAME:
        if "@" not in wanted:
            yield identified("email", begins(column("value", "i"), wanted.lower())), "email", False
        yield from by_name(wanted)


def by_name(wanted: str) -> Iterator[tuple[exp.Select, str, bool]]:
    """Yield what finds names: the whole text at the beginning of one, or its words at the beginnings of two."""
    yield named(wanted), "name", False
    words = wanted.split()
    if len(words) == 2:
        first, second = (named(word).subquery(alias) for word, alias in zip(words, ("a", "b"), strict=True))
        same = exp.EQ(this=column("customer_id", "a"), expression=column("customer_id", "b"))
        both = exp.select(column("customer_id", "a")).distinct().from_(first).join(second, on=same)
        yield both.order_by(column("customer_id", "a")), "name", False


def begins(value: exp.Expr, text: str) -> exp.Expr:
    """Say that a text begins so, without patterns: what is typed is never one."""
    return exp.and_(
        exp.GTE(this=value, expression=literal(text)),
        exp.LT(this=value.copy(), expression=literal(text + LAST_CHARACTER)),
    )


def customers(test: exp.Expr) -> exp.Select:
    query = exp.select(column("customer_id")).from_(exp.table_(CUSTOMERS.name, quoted=True))
    return query.where(test).order_by(column("customer_id"))


def records(test: exp.Expr) -> exp.Select:
    query = (
        exp.select(column("customer_id", "m")).distinct().from_(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"))
    )
    return known(query, "m").where(test).order_by(column("customer_id", "m"))


def identified(kind: str, test: exp.Expr) -> exp.Select:
    on = exp.and_(
        exp.EQ(this=column("id_space", "m"), expression=column("id_space", "i")),
        exp.EQ(this=column("record_id", "m"), expression=column("record_id", "i")),
    )
    query = (
        exp.select(column("customer_id", "m"))
        .distinct()
        .from_(exp.table_(IDENTIFIERS.name, quoted=True, alias="i"))
        .join(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"), on=on)
        .where(column("kind", "i").eq(literal(kind)), test)
    )
    return known(query, "m").order_by(column("customer_id", "m"))


def named(text: str) -> exp.Select:
    lower = exp.Lower(this=column("value"))
    query = exp.select(column("customer_id")).distinct().from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
    query = query.where(column("name").isin(*(literal(one) for one in NAMES)), begins(lower, text.lower()))
    return query.order_by(column("customer_id"))


def known(query: exp.Select, alias: str) -> exp.Select:
    """Keep those who are customers now: a deleted record still stands in the map."""
    same = exp.EQ(this=column("customer_id", "c"), expression=column("customer_id", alias))
    return query.join(exp.table_(CUSTOMERS.name, quoted=True, alias="c"), on=same)
