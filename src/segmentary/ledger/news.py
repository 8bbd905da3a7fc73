"""What is newest in the ledger, in one cheap look: who shows it to people looks again when it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from segmentary.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Newest:
    """Numbers that grow: the newest run, the changes of definitions and documents, the loads, the jobs that ended."""

    run: int
    definitions: int
    loads: int
    jobs: int


def newest(ledger: Ledger) -> Newest:
    """Return what is newest."""
    ((run, versions, named, documents, loads, jobs),) = ledger.rows(
        "select (select coalesce(max(run_id), 0) from runs),"
        " (select coalesce(max(number), 0) from definition_versions),"
        " (select coalesce(max(number), 0) from lists), (select coalesce(max(number), 0) from records),"
        " (select count(*) from loads), (select count(*) from jobs where ended_at <> '')"
    )
    return Newest(int(run), int(versions) + int(named) + int(documents), int(loads), int(jobs))


def chain_holds(ledger: Ledger, *, last: int = 50) -> bool:
    """Say whether the newest entries of the audit trail follow from each other: cheap, and enough to see a bad disk."""
    rows = ledger.rows("select previous_hash, entry_hash from audit order by number desc limit ?", last)
    return all(later[0] == earlier[1] for later, earlier in pairwise(rows))
