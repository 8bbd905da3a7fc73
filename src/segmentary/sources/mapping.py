"""Propose a mapping: what one row is and which column is what, with reasons and with questions; then settle it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segmentary.errors import AmbiguousDateError, MappingError
from segmentary.settings import Settings
from segmentary.sources.base import (
    DATE_ORDERS,
    KINDS,
    NOTHING,
    DateOrder,
    Delivery,
    Kind,
    Proposal,
    Question,
    SourceMapping,
)
from segmentary.sources.corrections import OPTIONS, overridden
from segmentary.sources.dates import DateDecision, decide
from segmentary.sources.evidence import Whole, cancellation_prefix, sale_status, survey_rows
from segmentary.sources.following import recognised, renamed, tombstones
from segmentary.sources.look import NUMBERS, TIMES, Look
from segmentary.sources.money import decide_mark
from segmentary.sources.names import attribute_name, lower_snake, unique
from segmentary.sources.recognise import BOOKKEEPING, personal, place_in
from segmentary.sources.rowkind import Candidate, candidates

DATE_HINT = "add --dates day_first or --dates month_first"
SURE_ENOUGH = 0.5
MONEY = ("amount", "unit_price", "discount")
PLAIN_TEXT = ("csv", "json", "jsonl", "excel", "sqlite", "postgresql", "access_log")


def propose(
    delivery: Delivery,
    *,
    settings: Settings,
    kind: Kind | None = None,
    overrides: Mapping[str, str] = NOTHING,
    known: SourceMapping | None = None,
    date_order: str = "",
) -> Proposal:
    """Propose how a delivery maps onto the canonical tables.

    Parameters
    ----------
    kind : what one row is, where a person said so.
    overrides : canonical name -> source column, decided by a person; also ``dates`` (day_first, month_first, ...),
        ``decimal_mark`` and the one-word fields of `SourceMapping` (timezone, currency, event_name, survey, ...).
        An empty column takes an assignment away; a name that is not canonical becomes an attribute of that name.
    known : the mapping of an earlier delivery of the same source: kept, as far as its columns are still there. One
        without columns only says the kind and the other fields.
    date_order : how dates are written, where a person said so; the same as ``dates`` among the overrides.

    Raises
    ------
    MappingError
        when an override names a column or a kind that does not exist.
    """
    if kind is not None and kind not in KINDS:
        raise MappingError(f"there is no kind {kind!r}", hint=f"one of: {', '.join(KINDS)}")
    look = Look(delivery)
    if date_order:
        overrides = {**overrides, "dates": date_order}
    if known is not None and (kind is None or kind == known.kind):
        if known.columns or known.items:
            return follow(look, known, overrides)
        kind = known.kind
        overrides = said_in(known) | dict(overrides)
    chosen, confidence = choose(look, settings, kind)
    reasons = [chosen.reason, *chosen.notes]
    questions: list[Question] = []
    if confidence < SURE_ENOUGH and kind is None:
        questions.append(kind_question(look, chosen))
    columns, options, extra = overridden(look, chosen.kind, chosen.columns, overrides)
    if "email" in columns and "record_id" not in columns:
        columns["record_id"] = columns["email"]
    mapping = SourceMapping(kind=chosen.kind, columns=columns)
    mapping = with_attributes(look, mapping, chosen, extra, reasons)
    mapping = with_values(look, mapping, options, reasons, questions)
    mapping = with_names(delivery, mapping, reasons)
    reasons.extend(column_reasons(look, mapping))
    questions.extend(lacking(mapping))
    if known is not None and kind == known.kind:
        mapping = replace(mapping, constants=known.constants, drop_duplicates=known.drop_duplicates)
    return finished(mapping, confidence, reasons, questions)


def said_in(known: SourceMapping) -> dict[str, str]:
    """Return the one-word fields of a mapping that say something."""
    words = {name: getattr(known, name) for name in (*OPTIONS, "date_order")}
    plain = SourceMapping(kind=known.kind)
    return {name: value for name, value in words.items() if value != getattr(plain, name)}


def finished(mapping: SourceMapping, confidence: float, reasons: list[str], questions: list[Question]) -> Proposal:
    return Proposal(mapping, round(confidence, 2), tuple(reasons), tuple(str(q) for q in questions), tuple(questions))


def settled(proposal: Proposal) -> SourceMapping:
    """Return the mapping of a proposal without open questions.

    Raises
    ------
    AmbiguousDateError
        when day-first and month-first cannot be told apart.
    MappingError
        when another question is open.
    """
    for question in proposal.asked:
        kind = AmbiguousDateError if question.about == "dates" else MappingError
        raise kind(question.text, hint=question.hint)
    return proposal.mapping


def choose(look: Look, settings: Settings, kind: Kind | None) -> tuple[Candidate, float]:
    """Return the best candidate, or the wanted one."""
    found = candidates(look, settings)
    if kind is not None:
        fitting = next((c for c in found if c.kind == kind), None)
        if fitting is None:
            fitting = Candidate(kind, 1.0, "", look.assign(kind))
        # What a person calls lines of orders is that, also while its columns are still empty.
        fitting = replace(fitting, columns=look.empty_columns(kind, fitting.columns) | fitting.columns)
        return replace(fitting, reason=f"one row is one of {kind}: you said so"), 1.0
    if not found:
        return Candidate("customers", 0.0, "nothing says what one row is", {}), 0.0
    return found[0], found[0].score


def kind_question(look: Look, chosen: Candidate) -> Question:
    if not look.rows:
        held = "a header and no rows" if look.names else "nothing in it"
        return Question(
            "kind",
            f"{look.delivery.origin}: there is {held}, so nothing says what one row is",
            "leave it out, or name the source it belongs to with --name: an empty file of a known source is fine",
        )
    return Question(
        "kind",
        f"{look.delivery.origin}: it is not clear what one row is (best guess: {chosen.kind}, because {chosen.reason})",
        f"add --as with one of: {', '.join(KINDS)}",
    )


def with_attributes(
    look: Look, mapping: SourceMapping, chosen: Candidate, extra: dict[str, str], reasons: list[str]
) -> SourceMapping:
    """Keep every other column: survey items as items, the rest as attributes under lower_snake names."""
    items = chosen.survey.items if chosen.survey and mapping.kind == "responses" else ()
    used = {*mapping.columns.values(), *items, *extra.values()}
    free = [n for n in look.names if n not in used]
    ignored = tuple(n for n in free if place_in(BOOKKEEPING, n) is not None or n.startswith("Unnamed:"))
    free = [n for n in free if n not in ignored]
    if ignored:
        reasons.append(f"left out, written by a tool for itself: {', '.join(ignored)}")
    known = personal(free)
    named = {column: name for name, column in known.items()}
    reserved = (*mapping.columns, "record_id", "row_number", *extra, *known)
    others = [n for n in free if n not in named]
    spelt = dict(zip(others, unique((attribute_name(n) for n in others), reserved=reserved), strict=True))
    attributes = extra | {named.get(n) or spelt[n]: n for n in free}
    return replace(mapping, items=tuple(n for n in items if n not in extra.values()), ignored=ignored,
                   attributes=attributes)  # fmt: skip


def with_values(
    look: Look, mapping: SourceMapping, options: dict[str, str], reasons: list[str], questions: list[Question]
) -> SourceMapping:
    """Decide dates, money, statuses and cancellations from the values of all rows."""
    textual = look.delivery.facts.format in PLAIN_TEXT or any(
        str(look.sample.schema.field(n).type) == "string" for n in dated_columns(look, mapping)
    )
    sale = mapping.kind in ("orders", "order_lines")
    needed = written_dates(look, mapping) if textual else []
    order = mapping.columns.get("order_id") if sale else None
    status = mapping.columns.get("status") if sale else None
    whole = Whole()
    if needed or order or status:
        signed = mapping.columns.get("quantity") or mapping.columns.get("amount")
        whole = survey_rows(look.delivery, dates=needed, status=status, order=order, signed=signed)
    mapping = with_dates(mapping, whole, options, reasons, questions)
    mapping = with_money(look, mapping, options, reasons)
    if status:
        sales, others = sale_status(whole)
        mapping = replace(mapping, sale_status=sales)
        if sales:
            reasons.append(f"only rows with {status} {', '.join(sales)} are sales; {', '.join(others)} are not")
        elif whole.statuses:
            reasons.append(f"every {status} counts as a sale; give sale_status if some are not")
    if (prefix := cancellation_prefix(whole)) is not None and "cancellation_prefix" not in options:
        mapping = replace(mapping, cancellation_prefix=prefix[0])
        reasons.append(f"{order} beginning with {prefix[0]} are cancellations: {prefix[1]:,} rows, nearly all negative")
    return replace(mapping, **{k: v for k, v in options.items() if k in OPTIONS})  # type: ignore[arg-type]


def dated_columns(look: Look, mapping: SourceMapping) -> list[str]:
    """Return the columns that hold dates, the most important first."""
    main = [c for name, c in mapping.columns.items() if name in TIMES]
    others = [c for c in mapping.attributes.values() if look.is_time(c) and look.columns[c].type in ("date", "time")]
    return list(dict.fromkeys(main + others))


def written_dates(look: Look, mapping: SourceMapping) -> list[str]:
    """Return the date columns whose values are text or plain numbers, not dates of a typed format."""
    kinds = {n: str(look.sample.schema.field(n).type) for n in dated_columns(look, mapping)}
    return [n for n, kind in kinds.items() if not kind.startswith(("date", "timestamp"))]


def with_dates(
    mapping: SourceMapping, whole: Whole, options: dict[str, str], reasons: list[str], questions: list[Question]
) -> SourceMapping:
    """Set the date order from all values; ask where they fit both orders."""
    given = options.get("date_order", "")
    if given:
        if given not in DATE_ORDERS:
            raise MappingError(
                f"dates have no order {given!r}", hint=f"one of: {', '.join(o for o in DATE_ORDERS if o)}"
            )
        reasons.append(f"dates are {given}: you said so")
        return replace(mapping, date_order=given)
    decisions: dict[str, DateDecision] = {c: decide(e, c) for c, e in whole.dates.items()}
    main = {c for name, c in mapping.columns.items() if name in TIMES}
    clear = {c: d for c, d in decisions.items() if d.order}
    slashed = [d for d in clear.values() if d.order in ("day_first", "month_first")]
    order: DateOrder = next((d.order for c, d in clear.items() if c in main), "") or next(
        (d.order for d in clear.values()), ""
    )
    reasons.extend(d.reason for d in clear.values())
    for column, decision in decisions.items():
        if not decision.open:
            continue
        agreed = {d.order for d in slashed}
        if len(agreed) == 1 and "fit day-first" in decision.reason:
            reasons.append(f"{decision.reason}; the other dates of the file decide")
        elif column in main or not main:
            questions.append(Question("dates", decision.reason, DATE_HINT))
        else:
            reasons.append(f"{decision.reason}; kept as text unless you say --dates")
    if slashed and order not in ("day_first", "month_first"):
        reasons.append("dates of this file are written in different orders; the order of the main date is used")
    return replace(mapping, date_order=order)


def with_money(look: Look, mapping: SourceMapping, options: dict[str, str], reasons: list[str]) -> SourceMapping:
    """Set the decimal mark and, where every amount names the same one, the currency."""
    given = options.get("decimal_mark")
    if given is not None:
        if given not in (".", ","):
            raise MappingError(f"the decimal mark is . or , and not {given!r}")
        return replace(mapping, decimal_mark=given)  # type: ignore[arg-type]
    texts = [c for n, c in mapping.columns.items() if n in (*MONEY, "quantity", "weight")]
    texts += [c for c in (*mapping.attributes.values(), *mapping.items) if look.columns[c].type == "number"]
    for column in texts:
        if str(look.sample.schema.field(column).type) != "string":
            continue
        decision = decide_mark(list(look.counts(column))[:2_000])
        if decision.mark == ",":
            mapping = replace(mapping, decimal_mark=",")
            reasons.append(f"{column}: {decision.reason}")
            break
        if decision.doubtful and look.delivery.facts.delimiter == ";":
            reasons.append(f"{column}: points may group thousands; say decimal_mark=, if they do")
    money = [c for n, c in mapping.columns.items() if n in MONEY and look.columns[c].type == "text"]
    for column in money:
        decision = decide_mark(list(look.counts(column))[:2_000])
        if decision.currency and "currency" not in mapping.columns and "currency" not in options:
            reasons.append(f"{column}: every amount is in {decision.currency}")
            return replace(mapping, currency=decision.currency)
    return mapping


def with_names(delivery: Delivery, mapping: SourceMapping, reasons: list[str]) -> SourceMapping:
    """Name events and surveys that no column names."""
    source = lower_snake(delivery.name)
    if mapping.kind == "events" and "name" not in mapping.columns and not mapping.event_name:
        name = singular(source)
        reasons.append(f"every row is one event {name!r}, after the source; give event_name to change it")
        mapping = replace(mapping, event_name=name)
    if mapping.kind == "responses" and "survey" not in mapping.columns and not mapping.survey:
        mapping = replace(mapping, survey=source)
    visitor = mapping.kind == "events" and "external_id" in mapping.columns
    if visitor and mapping.id_space == "customer":
        mapping = replace(mapping, id_space="visitor")
        reasons.append(f"{mapping.columns['record_id']} names visitors, linked to customers by external_id")
    return mapping


def singular(name: str) -> str:
    """Return a name without plural s and without trailing numbers."""
    plain = name.rstrip("0123456789_") or name
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "us")) else plain


def column_reasons(look: Look, mapping: SourceMapping) -> list[str]:
    """Return one sentence per column that means something."""
    out = []
    for canonical, column in mapping.columns.items():
        facts = look.columns[column]
        repeat = (
            "every row its own"
            if look.unique(column)
            else f"{facts.distinct:,}{'+' * (facts.distinct == 1000)} different"
        )
        out.append(f"{canonical} = {column}: {facts.type}, {facts.filled / max(look.rows, 1):.0%} filled, {repeat}")
    if mapping.kind in ("customers", "responses") and "record_id" not in mapping.columns:
        out.append("no column identifies the person: rows get ids of their own")
    if mapping.attributes:
        out.append(f"kept as they are: {', '.join(list(mapping.attributes)[:30])}")
    return out


def lacking(mapping: SourceMapping) -> list[Question]:
    """Return questions about columns without which rows of a kind mean nothing."""
    needed = {
        "orders": ("happened_at",),
        "order_lines": ("order_id", "happened_at"),
        "events": ("happened_at",),
        "consents": ("record_id", "granted"),
        "relations": ("record_id", "to_id"),
        "exposures": ("record_id", "campaign"),
        "attributes": ("record_id", "name", "value"),
        "products": ("product_id",),
        "messages": ("text",),
    }.get(mapping.kind, ())
    out = [
        Question("column", f"{mapping.kind} need {name}, and no column is known to hold it", f"add --map {name}=COLUMN")
        for name in needed
        if name not in mapping.columns and name not in mapping.constants
    ]
    if mapping.kind == "responses" and not mapping.items and not {"item", "value"} <= mapping.columns.keys():
        out.append(Question("column", "responses need an item and a value", "add --map item=COLUMN --map value=COLUMN"))
    return out


def follow(look: Look, known: SourceMapping, overrides: Mapping[str, str]) -> Proposal:
    """Keep an earlier mapping of the same source; new columns are recognised where that is plain, lost ones asked."""
    columns, options, extra = overridden(look, known.kind, known.columns, overrides)
    reasons = ["this source was mapped before; the same mapping is used"]
    columns, without = tombstones(look, columns)
    reasons.extend(f"nobody is {name} here: column {column!r} is not in this file" for name, column in without.items())
    lost = [c for c in (*columns.values(), *known.items) if c not in look.columns]
    questions = [
        Question(
            "column", f"{look.delivery.origin}: column {c!r} was there before and is gone", "add --map to replace it"
        )
        for c in lost
    ]
    used = {*columns.values(), *known.items, *known.ignored, *known.attributes.values(), *extra.values()}
    fresh = [n for n in look.names if n not in used]
    found = recognised(look, replace(known, columns=columns), fresh, overrides)
    reasons.extend(f"{name} = {column}: new in this source, known by its name" for name, column in found.items())
    fresh = [n for n in fresh if n not in found.values()]
    if fresh:
        reasons.append(f"new columns, kept as attributes: {', '.join(fresh)}")
    kept = {n: c for n, c in known.attributes.items() if c in look.columns and c not in columns.values()}
    names = renamed(fresh, reserved=(*kept, *known.attributes, *columns, *found, *extra))
    mapping = replace(known, columns=columns | found, attributes=kept | extra | names)
    if options:
        mapping = with_values(look, mapping, options, reasons, questions)
    elif found:
        mapping = joined(look, known, mapping, found, reasons, questions)
    questions.extend(lacking(mapping))
    return finished(mapping, 1.0, reasons, questions)


def joined(
    look: Look,
    known: SourceMapping,
    mapping: SourceMapping,
    found: Mapping[str, str],
    reasons: list[str],
    questions: list[Question],
) -> SourceMapping:
    """Decide how the values of new columns are written, where the earlier ones have not decided it."""
    asked: list[Question] = []
    read = with_values(look, SourceMapping(kind=known.kind, columns=found), {}, reasons, asked)
    dated = bool(TIMES & known.columns.keys()) or known.date_order
    counted = bool(NUMBERS & known.columns.keys())
    questions.extend(q for q in asked if q.about != "dates" or not dated)
    return replace(
        mapping,
        date_order=known.date_order if dated else read.date_order,
        decimal_mark=known.decimal_mark if counted else read.decimal_mark,
        currency=known.currency or read.currency,
        sale_status=read.sale_status if "status" in found else known.sale_status,
        cancellation_prefix=known.cancellation_prefix or read.cancellation_prefix,
    )
