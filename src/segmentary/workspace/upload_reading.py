"""What uploads are taken for, what people correct about it, and loading them: all of one call or none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.errors import UsageError
from segmentary.models.progress import Tell, quiet, within
from segmentary.profiles.naming import sensitivity_of
from segmentary.sources.base import KINDS, SourceColumn, SourceMapping
from segmentary.sources.columns import ValueType
from segmentary.workspace.caged import LIMITS, CagedDelivery, Told, caged, told_by
from segmentary.workspace.loading import AddOptions, Proposed
from segmentary.workspace.uploading import Upload, Uploads

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

PLAIN = ("kind", "name", "table", "date_order")
FIELDS = ("timezone", "currency", "event_name", "survey", "id_space", "decimal_mark", "drop_duplicates")
ORDERS = ("day_first", "month_first", "year_first")
NAME = re.compile(r"[a-z][a-z0-9_.\-]{0,59}")
LONGEST = 200
MOST_COLUMNS = 2_000
MOST_UPLOADS = 50
FREE_TEXT = 40
LOOKING = replace(LIMITS, seconds=60, cpu_seconds=60)
"""Somebody waits for the answer."""


def options_of(corrections: Mapping[str, Any]) -> AddOptions:
    """Return what a person corrected, checked.

    corrections : ``kind``, ``columns`` (canonical name to the file's column), ``name`` of the source, ``table``,
    ``date_order``, ``timezone``, ``currency``, ``event_name``, ``survey``, ``id_space``, ``decimal_mark``,
    ``drop_duplicates``; empty ones are as if they were not there.

    Raises
    ------
    UsageError
        when one is unknown or has no meaning.
    """
    given = {key: value for key, value in corrections.items() if value not in (None, "", {}, False)}
    unknown = sorted(set(given) - {*PLAIN, *FIELDS, "columns"})
    if unknown:
        raise UsageError(
            "a correction that is not known here", hint=f"known are columns, {', '.join((*PLAIN, *FIELDS))}"
        )
    texts = {key: value for key, value in given.items() if key not in ("columns", "drop_duplicates")}
    for key, value in texts.items():
        if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
            raise UsageError(f"{key} is not a text of up to {LONGEST} characters")
    check_words(texts)
    if given.get("drop_duplicates") not in (None, True):
        raise UsageError("drop_duplicates is true or false")
    columns = given.get("columns")
    if columns is not None:
        columns = checked_columns(columns)
    fields = {key: given[key] for key in FIELDS if key in given}
    plain = {key: texts.get(key) for key in ("kind", "name", "table")}
    return AddOptions(columns=columns, date_order=texts.get("date_order", ""), fields=fields, **plain)


def check_words(texts: Mapping[str, str]) -> None:
    """Hold every word against what it may be."""
    for key, choices in (("kind", KINDS), ("date_order", ORDERS), ("decimal_mark", (".", ","))):
        if key in texts and texts[key] not in choices:
            raise UsageError(f"{key} has no such value", hint=f"one of {', '.join(choices)}")
    for key in ("name", "survey", "event_name", "id_space"):
        if key in texts and not NAME.fullmatch(texts[key]):
            raise UsageError(f"{key} is not a plain name", hint="small letters, digits and _, beginning with a letter")
    if "currency" in texts and not re.fullmatch(r"[A-Z]{3}", texts["currency"]):
        raise UsageError("currency is not an ISO 4217 code", hint="for example EUR, USD, GBP")
    if "timezone" in texts:
        try:
            ZoneInfo(texts["timezone"])
        except (KeyError, ValueError, OSError):
            raise UsageError("timezone is no IANA zone", hint="for example Europe/London") from None


def checked_columns(columns: Any) -> dict[str, str]:
    if not isinstance(columns, Mapping) or len(columns) > MOST_COLUMNS:
        raise UsageError("columns is a table of names", hint="canonical name to the file's column")
    for key, value in columns.items():
        if not isinstance(key, str) or not isinstance(value, str) or max(len(key), len(value)) > 500:
            raise UsageError("columns is a table of names", hint="canonical name to the file's column")
    return {key: value for key, value in columns.items() if key}


def look(
    workspace: Workspace, upload: str, corrections: Mapping[str, Any] | None = None, *, told: Told | None = None
) -> Upload:
    """Say what an upload is; nothing is loaded.

    corrections : what a person says about it, in place of what was said before; None leaves that as it is.
    told : what `told_by` returned; then nothing is asked of the workspace while the file is read, any thread may do it.
    """
    uploads = Uploads(workspace)
    one = uploads.get(upload)
    wanted = dict(one.corrections if corrections is None else corrections)
    known = told or told_by(workspace)
    with caged(known, uploads.path(one), options_of(wanted), rows=False, limits=LOOKING) as found:
        document = {"proposals": [described(each) for each in found], "decided": decided(found)}
    return uploads.keep(replace(one, corrections=wanted, proposal=document))


def decided(found: Sequence[Proposed]) -> bool:
    return not any(one.proposal.asked for one in found)


def described(one: Proposed) -> dict[str, Any]:
    """Return what a delivery is taken for, as people and programs read it."""
    delivery, proposal = one.delivery, one.proposal
    assert isinstance(delivery, CagedDelivery)  # noqa: S101
    mapping = proposal.mapping
    reasons = list(proposal.reasons)
    roles = roles_of(mapping)
    columns = []
    for column in delivery.columns:
        canonical, role = roles.get(column.name, ("", "left out"))
        why = next((one for one in reasons if canonical and one.startswith(f"{canonical} = {column.name}: ")), "")
        if why:
            reasons.remove(why)
        columns.append(
            {
                **asdict(column),
                "canonical": canonical,
                "role": role,
                "evidence": why.partition(": ")[2],
                "personal": personal(column, canonical or column.name),
            }
        )
    return {
        "source": delivery.name,
        "part": one.part,
        "export": mapping.export,
        "format": delivery.facts.format,
        "facts": asdict(delivery.facts),
        "rows": delivery.facts.rows,
        "kind": mapping.kind,
        "confidence": proposal.confidence,
        "mapping": mapping.to_document(),
        "columns": columns,
        "reasons": reasons,
        "questions": [{"about": each.about, "text": each.text, "hint": each.hint} for each in proposal.asked],
        "warnings": list(delivery.facts.warnings),
        "preview": delivery.preview,
    }


def roles_of(mapping: SourceMapping) -> dict[str, tuple[str, str]]:
    """Return per column of the file what it becomes, and as what: a column, a property, or an answer."""
    out = {column: (name, "property") for name, column in mapping.attributes.items()}
    out |= {column: (column, "answer") for column in mapping.items}
    out |= {column: (name, "column") for name, column in mapping.columns.items()}
    return out


def personal(column: SourceColumn, name: str) -> bool:
    """Say whether a column tells who somebody is, by its name or its values: those are for few eyes."""
    address = sum("@" in example for example in column.examples) * 2 > len(column.examples)
    kind: ValueType = "text" if column.type in ("text", "list") else "number"
    guarded = sensitivity_of(name, kind, looks_like_address=address and bool(column.examples)) != "ordinary"
    guarded = guarded or sensitivity_of(column.name.lower(), kind) != "ordinary"
    return guarded or (column.type == "text" and any(len(example) > FREE_TEXT for example in column.examples))


def load_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell = quiet) -> dict[str, Any]:
    """Load uploads, all of them or none: arguments ``uploads`` (names) and, per upload, ``corrections``.

    Without corrections those hold that were made on the upload before.

    Raises
    ------
    MappingError
        when something still has to be decided by a person.
    """
    names = arguments.get("uploads")
    given = arguments.get("corrections") or {}
    if set(arguments) - {"uploads", "corrections"} or not isinstance(given, Mapping):
        raise UsageError("a load takes uploads and corrections")
    if not isinstance(names, list) or not 0 < len(names) <= MOST_UPLOADS or not all(isinstance(n, str) for n in names):
        raise UsageError(f"uploads is a list of 1 to {MOST_UPLOADS} uploads", hint="as POST /uploads returned them")
    uploads = Uploads(workspace)
    waiting = [uploads.get(name) for name in dict.fromkeys(names)]
    if all(one.loaded is not None for one in waiting):
        return account(waiting[0].upload, [load for one in waiting for load in one.loaded or ()])
    with ExitStack() as cages:
        found: list[Proposed] = []
        shares: list[int] = []
        for place, one in enumerate(waiting):
            wish = given.get(one.upload) or one.corrections
            if not isinstance(wish, Mapping):
                raise UsageError("corrections is a table of uploads")
            part = within(tell, place / len(waiting) / 2, (place + 1) / len(waiting) / 2)
            cage = caged(told_by(workspace), uploads.path(one), options_of(wish), rows=True, tell=part)
            found += cages.enter_context(cage)
            shares.append(len(found))
        reports = workspace.load(
            found, progress=lambda what, done, all_: tell("loading the rows", 0.5 + done / max(all_, 1) / 2)
        )
    documents = [asdict(report) for report in reports]
    for one, start, end in zip(waiting, [0, *shares], shares, strict=False):
        uploads.spent(replace(one, loaded=documents[start:end], proposal=None))
    tell("putting records of the same people together", 0.99)
    workspace.derived.ensure()
    return account(waiting[0].upload, documents)


def account(upload: str, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"upload": upload, "loads": list(documents), "next": "run" if any(d["rows_kept"] for d in documents) else ""}
