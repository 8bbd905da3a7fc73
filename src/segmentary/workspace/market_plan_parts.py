"""The parts of a market's plan, each made what it has to be, or refused with the place and what belongs there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from segmentary.errors import DefinitionError, UnknownNameError

Read: TypeAlias = Callable[[str, Any], Any]


def wrong(place: str, value: object, wanted: str) -> DefinitionError:
    """Return the error for a value that is not what belongs there."""
    shown = repr(value)
    hint = "see the guide to markets"
    if wanted == "a text" and not isinstance(value, list | tuple | Mapping) and value is not None:
        hint = "YAML takes yes, no and dates for something else: write it in quotes"
    return DefinitionError(f"{place}: {shown if len(shown) <= 80 else shown[:77] + '...'} is not {wanted}", hint=hint)


def text(place: str, value: Any) -> str:
    """Return a text; whole numbers, such as years, are written out."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(int(value)) if float(value).is_integer() else str(value)
    if not isinstance(value, str):
        raise wrong(place, value, "a text")
    return value


def number(place: str, value: Any) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise wrong(place, value, "a number")
    return float(value)


def amount(place: str, value: Any) -> float:
    """Return a number of 0 or more."""
    if number(place, value) < 0:
        raise wrong(place, value, "0 or more")
    return float(value)


def share(place: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    if not 0 <= number(place, value) <= 1:
        raise wrong(place, value, "between 0 and 1")
    return float(value)


def people(place: str, value: Any) -> float | None:
    """Return how many people there are, None where nobody says."""
    if value is not None and number(place, value) <= 0:
        raise wrong(place, value, "more than 0")
    return None if value is None else float(value)


def several(place: str, value: Any) -> int:
    """Return a whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise wrong(place, value, "a whole number from 1")
    return value


def ends(place: str, value: Any) -> tuple[float, float]:
    """Return the lower and the upper end of a range."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong(place, value, "two numbers: [LOW, HIGH]")
    low, high = (number(place, one) for one in value)
    if low >= high:
        raise wrong(place, value, "a low and a higher number")
    return low, high


def some_ends(place: str, value: Any) -> tuple[float, float] | None:
    return None if value is None else ends(place, value)


def anything(place: str, value: Any) -> Any:
    """Return the value as it is: whoever reads it says what is wrong with it."""
    return value


def mapping(read: Read, least: int = 0) -> Read:
    """Return the reader of names, each with what `read` reads."""

    def found(place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) < least:
            raise wrong(place, value, "{NAME: ...}")
        return {text(place, key): read(f"{place}: {key}", one) for key, one in value.items()}

    return found


def document(parts: Mapping[str, Read], needed: tuple[str, ...] = ()) -> Read:
    """Return the reader of something with these parts."""

    def found(place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise wrong(place, value, "{" + ", ".join(f"{one}: ..." for one in needed or parts) + "}")
        for key in value:
            if key not in parts:
                raise UnknownNameError(f"{place}: key", str(key), parts, see="there are: " + ", ".join(parts))
        for key in needed:
            if key not in value:
                raise DefinitionError(f"{place} has no {key}", hint=", ".join(f"{one}: ..." for one in needed))
        return {key: parts[key](f"{place}: {key}", one) for key, one in value.items()}

    return found


def listed(read: Read) -> Read:
    """Return the reader of a list."""

    def found(place: str, value: Any) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise wrong(place, value, "a list")
        return tuple(read(f"{place} {number_of}", one) for number_of, one in enumerate(value, 1))

    return found


def one_of(first: str, second: str, read: Read) -> Read:
    """Return the reader of something that has one of two parts."""

    def found(place: str, value: Any) -> Any:
        read_value = read(place, value)
        if read_value.get(first) is None and read_value.get(second) is None:
            raise DefinitionError(f"{place} has neither {first} nor {second}", hint=f"{first}: ..., or {second}: ...")
        return read_value

    return found


def segments(place: str, value: Any) -> str | dict[str, str]:
    """Return the name of a solution, or the item that says the segment."""
    if isinstance(value, str) and value:
        return value
    if not isinstance(value, Mapping) or set(value) != {"item"}:
        raise DefinitionError(f"{place} are a solution's name, or {{item: NAME}}", hint="see the guide to markets")
    return {"item": text(f"{place}: item", value["item"])}


def figure_of(figures: tuple[str, ...]) -> Read:
    """Return the reader of the name of a measured figure."""

    def found(place: str, value: Any) -> str | None:
        if value is not None and value not in figures:
            raise UnknownNameError(f"{place}: figure", str(value), figures)
        return None if value is None else str(value)

    return found


def parts_of(figures: tuple[str, ...]) -> dict[str, Read]:
    """Return what reads each part of a plan."""
    names = mapping(text)
    of = figure_of(figures)
    criterion = {
        "name": text, "axis": text, "weight": amount, "of": of, "values": mapping(number, 1), "worst": number,
        "best": number, "better": text, "unit": text, "source": text,
    }  # fmt: skip
    assumption = {
        "name": text, "stage": text, "likely": anything, "low": anything, "high": anything, "shape": text,
        "source": text, "unit": text,
    }  # fmt: skip
    knockout = {"name": text, "least": number, "of": of, "values": mapping(number, 1), "unit": text}
    return {
        **dict.fromkeys(("market", "survey", "base", "wave", "people", "unit", "value"), text),
        "segments": segments,
        "replicates": document({"items": text, "kind": text, "fay": share}, ("items",)),
        "margins": mapping(mapping(amount, 1)),
        "population": people,
        "trim": some_ends,
        "brands": document({"ours": text, "use": names, "amounts": names}),
        "perception": mapping(names),
        "needs": mapping(document({"importance": text, "satisfaction": text}, ("importance", "satisfaction"))),
        "scale": ends,
        "assumptions": listed(document(assumption, ("name", "stage"))),
        "criteria": listed(document(criterion)),
        "knockouts": listed(one_of("of", "values", document(knockout, ("name", "least")))),
        "choose": several,
        "blend": share,
    }
