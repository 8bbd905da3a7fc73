"""A warehouse elsewhere: what is derived here is carried there, where segments are computed and served.

Files are read, judged and derived in the embedded database, the workbench; the truth stays archive and ledger. A
warehouse elsewhere holds the derived tables, memberships, profiles and traits, in a schema of its own. Everything is
carried whenever something was loaded since, in one transaction: readers there see the old state or the new one.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import WorkspaceError
from segmentary.ledger.ledger import Ledger
from segmentary.profiles.reliability import TABLE as RELIABILITY
from segmentary.schema import ALL_TABLES, ATTRIBUTES, DERIVED, EXPOSURES, MEMBERSHIP_LOG, Table

CARRIED: tuple[Table, ...] = (*DERIVED, ATTRIBUTES, EXPOSURES)
"""What segments, reads and reports are made from."""
SERVED: tuple[Table, ...] = (MEMBERSHIP_LOG,)
"""What lives in the warehouse only."""
SERVED_TABLES = ("membership", "profile", "traits", "served_run", "membership_snapshots")
STATE = "carried_state"


def owner_of(ledger: Ledger) -> str:
    """Return what tells one workspace from another: the hash of the first line of its audit trail."""
    rows = ledger.rows("select entry_hash from audit order by number limit 1")
    return str(rows[0][0])[:16] if rows else ""


def prepare(warehouse: Engine, owner: str) -> None:
    """Make the tables that live in the warehouse.

    Raises
    ------
    WorkspaceError
        when another workspace has its tables there.
    """
    held = state_of(warehouse)
    if held is not None and held[0] not in ("", owner) and owner:
        raise WorkspaceError(
            "this warehouse holds the tables of another workspace",
            hint="give each workspace a database or schema of its own, such as postgresql://host/db?schema=shop",
        )
    for table in ALL_TABLES:
        if table in CARRIED or table in SERVED:
            warehouse.create(table)


def state_of(warehouse: Engine) -> tuple[str, int] | None:
    """Return whose tables the warehouse holds and from how many loads they were made; None before the first time."""
    if not warehouse.has_table(STATE):
        return None
    ((owner, loads),) = warehouse.rows(exp.select("owner", "loads").from_(exp.table_(STATE, quoted=True)))
    return str(owner), int(loads)


def carry(
    workbench: Engine, warehouse: Engine, *, owner: str, loads: int, tell: Callable[[str], None] = lambda _: None
) -> bool:
    """Carry the derived tables over unless those of so many loads are there already; return whether it was done."""
    if state_of(warehouse) == (owner, loads):
        return False
    with warehouse.transaction():
        for table in CARRIED:
            tell(f"to the warehouse: {table.name}")
            everything = exp.select(*(exp.column(name, quoted=True) for name in table.names)).from_(
                exp.table_(table.name, quoted=True)
            )
            warehouse.ingest(table.name, workbench.batches(everything), temporary=False)
        if workbench.has_table(RELIABILITY):
            warehouse.ingest(
                RELIABILITY,
                workbench.table(exp.select("*").from_(exp.table_(RELIABILITY, quoted=True))),
                temporary=False,
            )
        else:
            warehouse.drop(RELIABILITY)
        state = exp.select(literal(owner).as_("owner"), exp.cast(literal(loads), "bigint").as_("loads"))
        warehouse.create_as(STATE, state)
    return True


def clear(warehouse: Engine) -> None:
    """Throw away everything a workspace keeps in a warehouse; archive and ledger make it again."""
    for name in (STATE, RELIABILITY, *SERVED_TABLES, *(table.name for table in (*CARRIED, *SERVED))):
        warehouse.drop(name)


def elsewhere(address: str, ledger: Ledger) -> Engine | None:
    """Open the warehouse at an address, its tables made; None for the embedded one.

    Raises
    ------
    EngineError
        when it cannot be reached.
    WorkspaceError
        when another workspace has its tables there.
    """
    if not address:
        return None
    from segmentary.engine.connect import connect

    warehouse = connect(address)
    try:
        prepare(warehouse, owner_of(ledger))
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def following(workbench: Engine, warehouse: Engine, ledger: Ledger) -> Callable[[int], object]:
    """Return what keeps a warehouse in step with the workbench; nothing where they are one."""
    if warehouse is workbench:
        return lambda loads: False
    return lambda loads: carry(workbench, warehouse, owner=owner_of(ledger), loads=loads)
