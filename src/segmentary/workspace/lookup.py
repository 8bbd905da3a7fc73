"""One customer's segments, fast: read from the mask row that the newest run served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.definitions import positions
from segmentary.ledger.ledger import Ledger
from segmentary.segments.membership import BITS, MEMBERSHIP, mask_count
from segmentary.workspace.entered_when import EnteredWhen
from segmentary.workspace.runs import served_run
from segmentary.workspace.workspace import Workspace, require_run


class Served:
    """The mask rows of one run, in memory: ids sorted, masks as columns. 1 M customers in 60 segments take some 30 MB.

    positions : bit of every segment that the run served.
    """

    def __init__(self, workspace: Workspace, run_id: int, served: Iterable[str]) -> None:
        import numpy as np

        self.run_id = run_id
        held = positions(workspace.ledger)
        self.positions = {name: held[name] for name in sorted(served)}
        self.names: dict[tuple[int, int], str] = {divmod(p, BITS): name for name, p in self.positions.items()}
        masks = [f"mask{number}" for number in range(mask_count(held))]
        query = exp.select(column("customer_id"), *(column(one) for one in masks)).from_(
            exp.table_(MEMBERSHIP, quoted=True)
        )
        table = workspace.warehouse.table(query)
        ids = table.column("customer_id").combine_chunks()
        self.places: dict[str, int] = {name: place for place, name in enumerate(ids.to_pylist())}
        self.masks = [np.asarray(table.column(one).combine_chunks()) for one in masks]

    def segments(self, place: int) -> tuple[str, ...]:
        """Return the segments of one row, in the order of their names."""
        found = []
        for number, mask in enumerate(self.masks):
            bits = int(mask[place])
            while bits:
                lowest = bits & -bits
                name = self.names.get((number, lowest.bit_length() - 1))
                if name is not None:
                    found.append(name)
                bits ^= lowest
        return tuple(sorted(found))


class Lookup:
    """Point look-ups in what the newest run served: ``workspace.lookup``.

    The first look-up after a run reads the masks once; the following ones read memory.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.ledger: Ledger | None = None
        self.held: Served | None = None
        self.when: tuple[tuple[int, int], EnteredWhen] | None = None

    def state(self) -> tuple[int, int]:
        """Return the numbers of the newest run and the newest backfill, which tells of earlier entries."""
        ledger = self.ledger if self.ledger is not None else self.workspace.ledger
        # The numbers alone: a run's entry names every segment, which would be read a thousand times a second.
        row = ledger.rows(
            "select (select coalesce(max(run_id), 0) from runs), (select coalesce(max(number), 0) from backfills)"
        )[0]
        return int(row[0]), int(row[1])

    @property
    def is_ready(self) -> bool:
        """Say whether everything is in memory as it is now, so that the warehouse need not be asked."""
        state = self.state()
        return (
            self.held is not None and self.held.run_id == state[0] and self.when is not None and self.when[0] == state
        )

    def served(self) -> Served:
        """Return the rows of the newest run."""
        newest, _ = self.state()
        if self.held is None or self.held.run_id != newest:
            run = require_run(self.workspace)
            # A run is acknowledged a moment before the warehouse shows it: what is read is named by what was read.
            shown = served_run(self.workspace.warehouse) or run.run_id
            if shown != run.run_id:
                run = next((one for one in self.workspace.runs() if one.run_id == shown), run)
            self.held = Served(self.workspace, run.run_id, run.segments)
        return self.held

    def segments_of(self, customer_id: str) -> tuple[str, ...]:
        """Return the names of the segments a customer is in, sorted; nobody known is in none.

        Raises
        ------
        UsageError
            when nothing was ever run.
        """
        served = self.served()
        place = served.places.get(customer_id)
        return () if place is None else served.segments(place)

    def knows(self, customer_id: str) -> bool:
        """Say whether the newest run knew somebody of this id."""
        return customer_id in self.served().places

    def entered(self, customer_id: str) -> tuple[tuple[str, dt.datetime | None], ...]:
        """Return the segments a customer is in, in the order of their names, each with the moment the stay began.

        Raises
        ------
        UsageError
            when nothing was ever run.
        """
        served = self.served()
        place = served.places.get(customer_id)
        if place is None:
            return ()
        state = (served.run_id, self.state()[1])
        if self.when is None or self.when[0] != state:
            self.when = None
            self.when = (state, EnteredWhen(self.workspace.warehouse, served.masks, served.positions))
        found = [(served.names.get(divmod(position, BITS)), at) for position, at in self.when[1].of(place)]
        return tuple(sorted((name, at) for name, at in found if name is not None))

    def is_member(self, customer_id: str, segment: str) -> bool:
        """Say whether a customer is in a segment, as served.

        Raises
        ------
        UnknownNameError
            when the newest run had no such segment.
        """
        served = self.served()
        if segment not in served.positions:
            self.refuse(segment, served)
        place = served.places.get(customer_id)
        if place is None:
            return False
        mask, bit = divmod(served.positions[segment], BITS)
        return bool(int(served.masks[mask][place]) >> bit & 1)

    def segments_of_all(self, customer_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the segments of many customers, by id."""
        return {one: self.segments_of(one) for one in customer_ids}

    def members_among(self, customer_ids: Iterable[str], segment: str) -> list[str]:
        """Return those of the customers who are in a segment, in the order given."""
        return [one for one in customer_ids if self.is_member(one, segment)]

    def refuse(self, segment: str, served: Served) -> None:
        """Say why a segment cannot be asked."""
        if segment in self.workspace.segments_defined():
            raise UsageError(f"{segment} was not part of the last run", hint="run `segmentary run`")
        raise UnknownNameError("segment", segment, served.positions, see="see `segmentary segment list`")
