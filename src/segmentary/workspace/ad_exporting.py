"""Lists for advertising platforms: opted-in people only, hashed as each wants it, and a register of what was given out.

What was exported is kept in the ledger like an audience: who, by which hashed keys, when, for how long. The next export
of the same name can so be what came in and what went since.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.ad_platforms import Platform, key_of, platform_named, row_of
from segmentary.activation.addresses import address_hash
from segmentary.activation.campaign import HOLDOUT, Campaign, Target
from segmentary.activation.export import whole
from segmentary.engine.sqlfile import column
from segmentary.errors import DefinitionError, SegmentaryError
from segmentary.ledger.audiences import append_audience, audiences_of, members_of, set_state
from segmentary.ledger.suppressions import suppressions
from segmentary.workspace.campaign_checking import sensitive_segments
from segmentary.workspace.campaign_judging import JUDGED, Judging, judge, served_run, tidy
from segmentary.workspace.contact_addresses import best_addresses

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

PREFIX = "export:"
GIVEN = "exported"
EXPORTED = "ad_export_people"
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "first_name": ("first_name", "firstname", "given_name"),
    "last_name": ("last_name", "lastname", "surname", "family_name"),
    "country": ("country_code", "country", "billing_country", "default_country"),
    "postcode": ("postcode", "postal_code", "zip", "zip_code", "zipcode"),
    "city": ("city", "town"),
    "state": ("state", "province", "region"),
    "gender": ("gender", "sex"),
    "birth_date": ("birth_date", "birthday", "date_of_birth"),
}


@dataclass(frozen=True, slots=True)
class AdExport:
    """What was written for a platform.

    people : rows of the whole list as it is now. added, removed : against the export before; everybody is added at
    first. left_out : people by reason. expires_at : when the platform's copy should be deleted or made anew.
    """

    export: str
    subject: str
    platform: str
    files: tuple[str, ...]
    people: int
    added: int
    removed: int
    left_out: Mapping[str, int]
    purpose: str
    consent: str
    exported_at: dt.datetime
    expires_at: dt.datetime
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdWish:
    """What is wanted of an export.

    delta : only what came in and what went since the last one. days : until it expires; 0: as the platform has it.
    """

    path: Path
    platform: str
    purpose: str = "marketing"
    consent: str = "email"
    delta: bool = False
    days: int = 0
    by: str = ""


def export_segment(workspace: Workspace, segment: str, wish: AdWish) -> AdExport:
    """Write a segment's members for a platform.

    Raises
    ------
    DefinitionError
        when special categories of data decide who is a member: platforms forbid it, and so does the law.
    """
    workspace.segment(segment)
    refuse_sensitive(workspace, [segment])
    workspace.consents.load()
    workspace.derived.ensure()
    campaign = Campaign(segment, "file", wish.purpose, "", (Target(segment),), holdout=0.0, obey_caps=False)
    run = served_run(workspace, campaign, None)
    at = workspace.tick()
    try:
        judging = Judging(campaign, run, at, "file", consent=wish.consent, needs_address=False)
        judge(workspace, judging)
        found = workspace.warehouse.rows(
            exp.select(column("customer_id"), column("reason")).from_(exp.table_(JUDGED, quoted=True))
        )
    finally:
        tidy(workspace)
    return give(workspace, segment, wish, sorted(found), run.as_of, at)


def export_audience(workspace: Workspace, audience: str, wish: AdWish) -> AdExport:
    """Write those of a frozen audience who are to be reached for a platform; who is held out is never in it."""
    entry = workspace.campaigns.entry(audience)
    campaign = workspace.campaigns.get(f"{entry.campaign}@{entry.campaign_version}")
    refuse_sensitive(workspace, [*(one.segment for one in campaign.targets), *campaign.exclude])
    at = workspace.tick()
    # Who said no since it was frozen is not in the file either.
    from segmentary.workspace.sending_gate import gate

    workspace.consents.load()
    asked = gate(workspace, "file", entry.document["purpose"], obey_caps=False, consent=wish.consent, by_address=False)
    found: list[tuple[str, str]] = []
    for person in workspace.campaigns.people(entry.audience):
        reason = asked.verdict(person.customer_id, person.address, at)
        found.append((person.customer_id, reason if reason not in (None, "quiet") else ""))
    for block in members_of(workspace.ledger, entry.audience):
        found += [(one[0], one[4] or HOLDOUT) for one in block if one[4] or one[2] == HOLDOUT]
    return give(workspace, entry.campaign, wish, sorted(found), entry.as_of, at)


def refuse_sensitive(workspace: Workspace, names: list[str]) -> None:
    """Refuse lists made by special categories of data.

    Raises
    ------
    DefinitionError
        naming segment and trait.
    """
    touched = sensitive_segments(workspace, names)
    if touched:
        said = "; ".join(f"{segment} rests on {', '.join(traits)}" for segment, traits in touched.items())
        raise DefinitionError(
            f"advertising platforms get no lists made by special categories of data: {said}",
            hint="make a segment without them",
        )


# ---------------------------------------------------------------- writing


def give(
    workspace: Workspace, subject: str, wish: AdWish, judged: Sequence[tuple[str, str]], as_of: dt.datetime,
    at: dt.datetime,
) -> AdExport:  # fmt: skip
    """Write the files and the register."""
    platform = platform_named(wish.platform)
    left: dict[str, int] = {}
    for _, reason in judged:
        if reason:
            left[reason] = left.get(reason, 0) + 1
    rows = rows_of(workspace, platform, [who for who, reason in judged if not reason])
    missing = sum(not reason for _, reason in judged) - len(rows)
    if missing:
        left["no_address"] = left.get("no_address", 0) + missing
    name = f"{PREFIX}{platform.name}:{subject}"
    held = audiences_of(workspace.ledger, name)
    before = keys_before(workspace, held[-1].audience) if held else {}
    added = [row for row in rows.values() if key_of(platform, row) not in before]
    removed = gone(before, {key_of(platform, row) for row in rows.values()})
    expires = at + dt.timedelta(days=wish.days or platform.days)
    notes = notes_of(platform, len(rows), expires)
    told = {
        "subject": subject, "platform": platform.name, "as_of": as_of.isoformat(), "exported_at": at.isoformat(),
        "exported_by": wish.by, "purpose": wish.purpose, "consent": wish.consent, "people": len(rows),
        "added": len(added), "removed": len(removed), "left_out": left, "expires_at": expires.isoformat(),
        "notes": list(notes),
    }  # fmt: skip
    files = written(platform, wish, list(rows.values()), added, removed, told)
    audience = f"{name}-{len(held) + 1}"
    keys = [(who, subject, GIVEN, key_of(platform, row), "") for who, row in sorted(rows.items())]
    with workspace.ledger.transaction():
        document = {**told, "channel": "file", "counts": [], "files": [path.name for path in files], "exposed": True}
        append_audience(
            workspace.ledger, audience, campaign=name, campaign_version="", as_of=as_of, frozen_at=at,
            document=document, members=keys,
        )  # fmt: skip
        set_state(workspace.ledger, audience, "sent", at=at)
        detail = {"export": audience, "people": len(rows), "by": wish.by, "for": wish.purpose}
        workspace.ledger.audit("export", detail, at=at)
    return AdExport(
        audience, subject, platform.name, tuple(map(str, files)), len(rows), len(added), len(removed), left,
        wish.purpose, wish.consent, at, expires, notes,
    )  # fmt: skip


def keys_before(workspace: Workspace, audience: str) -> dict[str, str]:
    """Return the hashed keys of an export, and whose they were."""
    return {one[3]: one[0] for block in members_of(workspace.ledger, audience) for one in block}


def gone(before: Iterable[str], now: set[str]) -> list[str]:
    """Return the keys of the last export that nobody has any more; of a row, what stays elsewhere is left empty.

    >>> gone(["a,1", "b,2", "c,"], {"a,9", "c,"})
    [',1', 'b,2']
    """
    columns = [set(cells) for cells in zip(*(key.split(",") for key in now), strict=True)]
    found = []
    for key in before:
        cells = key.split(",")
        if columns:
            cells = ["" if cell in held else cell for cell, held in zip(cells, columns, strict=True)]
        if any(cells):
            found.append(",".join(cells))
    return found


def notes_of(platform: Platform, people: int, expires: dt.datetime) -> tuple[str, ...]:
    """Say what the platform will do with so many people, and until when the list may stand."""
    found = []
    if people < platform.least:
        found.append(
            f"{platform.title} serves a list from {platform.least:,} matched people up; this one has {people:,}"
        )
    found.append(f"delete the list there, or export it anew, by {expires:%Y-%m-%d}")
    return tuple(found)


def written(
    platform: Platform,
    wish: AdWish,
    rows: Sequence[tuple[str, ...]],
    added: Sequence[tuple[str, ...]],
    removed: Sequence[str],
    told: Mapping[str, Any],
) -> list[Path]:
    """Write the list, or what was added and what removed; each file whole or not at all."""
    headings = [one.heading for one in platform.fields]
    keys = [one.heading for one in platform.fields if one.key]
    path = wish.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if wish.delta:
            parts = [
                (path.with_suffix(".added.csv"), headings, added),
                (path.with_suffix(".removed.csv"), keys, [tuple(key.split(",")) for key in removed]),
            ]
        else:
            parts = [(path, headings, rows)]
        files = []
        for place, heads, lines in parts:
            head = heads if platform.headed else []
            files.append(whole(place, lambda partial, h=head, r=lines: write_rows(partial, h, r)))  # type: ignore[misc]
        beside = path.with_name(path.name + ".about.json")
        text = json.dumps(told, indent=2, ensure_ascii=False)
        return [*files, whole(beside, lambda partial: partial.write_text(text + "\n", encoding="utf-8"))]
    except OSError as error:
        raise SegmentaryError(f"cannot write {path}: {error}", hint="choose another place") from error


def write_rows(place: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from segmentary.activation.export import inert

    with place.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if headings:
            writer.writerow(headings)
        writer.writerows([str(inert(cell)) for cell in row] for row in rows)


# ---------------------------------------------------------------- people


def rows_of(workspace: Workspace, platform: Platform, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the cells of everybody of whom something is known by which the platform could find them."""
    known: dict[str, dict[str, str]] = {who: {} for who in ids}
    table = pa.table({"customer_id": pa.array(list(ids), pa.string())})
    wanted = {one.of for one in platform.fields}
    for engine in {id(one): one for one in (workspace.engine, workspace.warehouse)}.values():
        engine.ingest(EXPORTED, table, temporary=True)
    try:
        chosen = exp.select(column("customer_id")).from_(exp.table_(EXPORTED, quoted=True))
        # A person who may be shown advertisements can still have a number nobody wants to hear of.
        listed = {one.address_hash for one in suppressions(workspace.ledger) if one.address_hash}
        for kind in ("email", "phone"):
            if kind in wanted:
                for who, address in workspace.engine.rows(best_addresses(workspace, kind, chosen.copy())):
                    hashed = address_hash(kind, address) if listed and address else ""
                    known[who][kind] = address if address and hashed not in listed else ""
        gather_attributes(workspace, known, wanted)
    finally:
        for engine in {id(one): one for one in (workspace.engine, workspace.warehouse)}.values():
            engine.drop(EXPORTED)
    rows = {who: row_of(platform, person) for who, person in known.items()}
    return {who: row for who, row in rows.items() if row is not None}


def gather_attributes(workspace: Workspace, known: dict[str, dict[str, str]], wanted: set[str]) -> None:
    """Add names, places and dates from the profile of the newest run."""
    from segmentary.profiles.countries import country_of
    from segmentary.workspace.exporting import people_table, trait_places

    places = trait_places(workspace)
    traits = {of: next((one for one in ATTRIBUTES[of] if one in places), "") for of in ATTRIBUTES if of in wanted}
    chosen = {of: trait for of, trait in traits.items() if trait}
    if not chosen:
        return
    ids = exp.select(column("customer_id")).from_(exp.table_(EXPORTED, quoted=True))
    found = people_table(workspace, ids, tuple(dict.fromkeys(chosen.values())), None)
    who = found.column("customer_id").to_pylist()
    codes: dict[str, str] = {}
    for of, trait in chosen.items():
        for customer_id, value in zip(who, found.column(trait).to_pylist(), strict=True):
            text = "" if value is None else str(value)
            if of == "country" and text:
                if text not in codes:
                    country = country_of(text)
                    codes[text] = country.code if country is not None else ""
                text = codes[text]
            known[customer_id][of] = text


# ---------------------------------------------------------------- the register


def register(workspace: Workspace) -> list[dict[str, Any]]:
    """Return every export for a platform there was, newest first: what, to whom, how many, until when."""
    now = workspace.tick()
    found = []
    for one in reversed(audiences_of(workspace.ledger)):
        if one.campaign.startswith(PREFIX):
            told = one.document
            keys = ("subject", "platform", "exported_at", "exported_by", "purpose", "people", "added", "removed")
            expires = dt.datetime.fromisoformat(told["expires_at"])
            found.append(
                {
                    "export": one.audience, **{key: told[key] for key in keys},
                    "expires_at": told["expires_at"], "expired": expires <= now,
                }
            )  # fmt: skip
    return found
