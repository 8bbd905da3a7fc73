"""Queries kept between files of one source: many small files should not plan the same queries again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlglot import ErrorLevel, exp

T = TypeVar("T")
MOST_KEPT = 256
KEPT: OrderedDict[Hashable, Any] = OrderedDict()


class Rendered(exp.Select):
    """A query that remembers its text.

    Parameters
    ----------
    query : the query; it must not change afterwards.
    """

    def __init__(self, query: exp.Query) -> None:
        super().__init__()
        self.query = query
        self.texts: dict[tuple[object, ...], str] = {}

    def sql(self, dialect: Any = None, copy: bool = True, **options: Any) -> str:
        """Return the text of one engine."""
        level = options.get("unsupported_level", ErrorLevel.RAISE)
        key = (str(dialect), level, *sorted((k, str(v)) for k, v in options.items()))
        if key not in self.texts:
            self.texts[key] = self.query.sql(dialect, copy=copy, **options)
        return self.texts[key]


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for a key before, or make it now; the longest unused of many is forgotten."""
    if key in KEPT:
        KEPT.move_to_end(key)
    else:
        KEPT[key] = make()
        if len(KEPT) > MOST_KEPT:
            KEPT.popitem(last=False)
    found: T = KEPT[key]
    return found
