"""Which traits tell who somebody is, or what only they should tell: not for everybody who may look at rows of people.

Guessed from names and declared by definitions (`profiles.naming`), and seen in the values: mail addresses under any
name, and free text, in which people write anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.engine.sqlfile import query
from segmentary.profiles.naming import sensitivity_of, words

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FOLDER = Path(__file__).parent
FREE_TEXT_CHARACTERS = 40
PLACES = frozenset(("lat", "lon", "lng", "latitude", "longitude", "coordinates", "geo", "location"))
COLUMNS = frozenset(
    (
        *("first_name", "last_name", "email", "phone", "address", "street", "birthday", "birth_date"),
        *("raw_value", "identifiers", "ip", "user_agent", "latitude", "longitude", "evidence"),
    )
)
"""Columns of rows about people that are hidden whatever the sources call their attributes."""


def sensitive_traits(workspace: Workspace) -> frozenset[str]:
    """Return the names of traits that are identifiers, personal, of a special category, places, or free text."""
    types = workspace.derived.attribute_types()
    seen: frozenset[str] = workspace.derived.learnt("telling", lambda: telling(workspace))
    found = {name for name, type_ in types.items() if sensitivity_of(name, type_) != "ordinary" or name in seen}
    defined = {name for name, one in workspace.traits_defined().items() if one.sensitivity != "ordinary"}
    named = {name for name in (*types, *workspace.traits_defined()) if PLACES & frozenset(words(name))}
    return frozenset(found | defined | named)


def telling(workspace: Workspace) -> frozenset[str]:
    """Return the attributes whose values are mail addresses or free text, whatever they are called."""
    rows = workspace.engine.rows(query(FOLDER / "telling_values.sql"))
    return frozenset(
        name
        for name, filled, addresses, characters in rows
        if filled and (2 * addresses > filled or (characters or 0) > FREE_TEXT_CHARACTERS * filled)
    )
