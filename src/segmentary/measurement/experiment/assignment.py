"""Who gets which arm: drawn by a salted hash within each segment, the same on every engine and every day.

People of a stratum stand in the order of SHA-256(salt ":" id); the arms take their shares of that order, exact up to
one person. Where a share falls between two persons is drawn by SHA-256(salt ":" stratum), so that rounding does not
always favour the same arm. Whoever is in the global holdout (a `Sample` of the language with a fixed salt) is in no
experiment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.measurement.experiment.plan import EVERYBODY, GLOBAL_HOLDOUT, OTHERS, Arm

HOLDOUT_SALT = GLOBAL_HOLDOUT
DIGITS = 15


def digest(salt: str, table: str = "") -> exp.Expr:
    """Return SHA-256(salt ":" customer_id) as hexadecimal digits, as the language's samples draw it."""
    joined = exp.Anonymous(this="concat", expressions=[literal(f"{salt}:"), column("customer_id", table)])
    return exp.Anonymous(this="sha256", expressions=[joined])


def held_out(share: float, table: str = "") -> exp.Expr:
    """Return whether a person is in the global holdout: a larger one holds all of a smaller one."""
    scaled = Fraction(str(share)) * 16**DIGITS
    threshold = -(-scaled.numerator // scaled.denominator)
    drawn = exp.Anonymous(this="left", expressions=[digest(HOLDOUT_SALT, table), literal(DIGITS)])
    return exp.LT(this=drawn, expression=literal(f"{threshold:0{DIGITS}x}"))


def strata_query(people: exp.Query, segments: Mapping[str, exp.Query]) -> exp.Select:
    """Return ``customer_id, segment``: the first of the segments that holds a person, else "(others)".

    people : ``customer_id`` of everybody who takes part. segments : name to the ids of its members.
    """
    if not segments:
        return exp.select(column("customer_id"), literal(EVERYBODY).as_("segment")).from_(people.subquery("everybody"))
    query = exp.select(column("customer_id", "everybody")).from_(people.subquery("everybody"))
    chosen = exp.Case()
    for number, (name, members) in enumerate(segments.items()):
        alias = f"s{number}"
        on = exp.EQ(this=column("customer_id", alias), expression=column("customer_id", "everybody"))
        query = query.join(members.subquery(alias), on=on, join_type="left")
        chosen = chosen.when(exp.not_(exp.Is(this=column("customer_id", alias), expression=exp.null())), literal(name))
    return query.select(chosen.else_(literal(OTHERS)).as_("segment"))


def cuts(salt: str, stratum: str, people: int, arms: Sequence[Arm]) -> list[int]:
    """Return how many of the first in the order belong to the arms up to each: the last is everybody.

    >>> cuts("s", "a", 10, [Arm("one", 0.5), Arm("two", 0.5)])
    [5, 10]
    """
    drawn = Fraction(int(sha256(f"{salt}:{stratum}".encode()).hexdigest()[:DIGITS], 16), 16**DIGITS)
    reached, found = Fraction(0), []
    for arm in arms:
        reached += Fraction(str(arm.share))
        found.append(min(people, math.floor(people * reached + drawn)))
    found[-1] = people
    return found


def assignment_query(
    strata: exp.Table, counts: Mapping[str, int], arms: Sequence[Arm], *, salt: str, global_holdout: float
) -> exp.Select:
    """Return ``customer_id, segment, arm`` of everybody in `strata`.

    counts : people of each stratum who are not in the global holdout.
    """
    out = held_out(global_holdout) if global_holdout else exp.false()
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("segment"), column("out")],
        order=exp.Order(expressions=[exp.Ordered(this=column("drawn")), exp.Ordered(this=column("customer_id"))]),
    )
    drawn = exp.select(
        column("customer_id"), column("segment"), out.as_("out", quoted=True), digest(salt).as_("drawn", quoted=True)
    ).from_(strata.copy())
    placed = exp.select(column("customer_id"), column("segment"), column("out"), place.as_("place", quoted=True)).from_(
        drawn.subquery("drawn")
    )
    arm = exp.Case().when(column("out"), literal(GLOBAL_HOLDOUT))
    for stratum, people in counts.items():
        for one, cut in zip(arms, cuts(salt, stratum, people, arms), strict=True):
            inside = exp.and_(
                exp.EQ(this=column("segment"), expression=literal(stratum)),
                exp.LTE(this=column("place"), expression=literal(cut)),
            )
            arm = arm.when(inside, literal(one.name))
    return exp.select(column("customer_id"), column("segment"), arm.as_("arm", quoted=True)).from_(
        placed.subquery("placed")
    )


def assign(
    engine: Engine, strata: exp.Table, arms: Sequence[Arm], *, salt: str, global_holdout: float, into: str
) -> dict[str, dict[str, int]]:
    """Draw the arms into a temporary table (``customer_id, segment, arm``); return people by segment and arm."""
    out = held_out(global_holdout) if global_holdout else exp.false()
    counted = exp.select(column("segment"), exp.Count(this=exp.Star()).as_("people")).from_(strata.copy())
    counts = {str(name): int(n) for name, n in engine.rows(counted.where(exp.not_(out)).group_by(column("segment")))}
    query = assignment_query(strata, dict(sorted(counts.items())), arms, salt=salt, global_holdout=global_holdout)
    engine.create_as(into, query, temporary=True)
    return counts_of(engine, exp.table_(into, quoted=True))


def counts_of(engine: Engine, assigned: exp.Table) -> dict[str, dict[str, int]]:
    """Return people by segment and arm."""
    query = (
        exp.select(column("segment"), column("arm"), exp.Count(this=exp.Star()).as_("people"))
        .from_(assigned)
        .group_by(column("segment"), column("arm"))
    )
    found: dict[str, dict[str, int]] = {}
    for segment, arm, people in sorted(engine.rows(query)):
        found.setdefault(str(segment), {})[str(arm)] = int(people)
    return found
