"""What every address needs, as a table to be looked at: ``python -m tests.interfaces.http.permissions`` writes it.

Rows are the addresses of the API and of the pages, columns who asks: ``yes`` they may, ``no`` they may not. The table
is what was agreed; `test_permissions.py` holds the running server against it.
"""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterator
from pathlib import Path

from segmentary.interfaces.http.access import permission_of
from segmentary.interfaces.http.app import NOUNS, PREFIX
from segmentary.interfaces.web.site import PARTS
from segmentary.workspace.access.roles import PERMISSIONS, USUAL_SCOPES

PLACE = Path(__file__).with_name("permissions.csv")
ASKING: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "write key": USUAL_SCOPES["write"],
    "read key": USUAL_SCOPES["read"],
    **PERMISSIONS,
}
OPEN = "open"
ALSO: dict[tuple[str, str], set[str]] = {("GET", f"{PREFIX}/metrics"): {"viewer"}}
"""Who is refused by the route itself, although they have its permission."""


def routes() -> Iterator[tuple[str, str, str]]:
    """Method, address and permission of every route."""
    for folder, names, prefix in (("http.routes", NOUNS, PREFIX), ("web.pages", PARTS, "")):
        for name in names:
            router = importlib.import_module(f"segmentary.interfaces.{folder}.{name}").router
            for route in router.routes:
                for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
                    yield method, prefix + route.path, permission_of(route.dependant)


def rows() -> list[dict[str, str]]:
    """The table as the code has it now."""
    found = []
    for method, path, permission in sorted(routes(), key=lambda one: (not one[1].startswith(PREFIX), one[1], one[0])):
        row = {"method": method, "path": path, "permission": permission}
        for who, held in ASKING.items():
            known = who != "anonymous" and (permission == "any" or permission in held)
            allowed = known or permission == OPEN
            row[who] = "yes" if allowed and who not in ALSO.get((method, path), ()) else "no"
        found.append(row)
    return found


def text() -> str:
    """The table as it is checked in."""
    written = io.StringIO()
    table = csv.DictWriter(written, ["method", "path", "permission", *ASKING], lineterminator="\n")
    table.writeheader()
    table.writerows(rows())
    return written.getvalue()


def agreed() -> list[dict[str, str]]:
    """The table that is checked in."""
    return list(csv.DictReader(PLACE.read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
