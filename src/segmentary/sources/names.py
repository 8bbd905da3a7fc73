"""Names of columns, in one spelling: ``InvoiceNo``, ``Invoice No`` and ``invoice-no`` are all ``invoice_no``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from segmentary.language.tree import MODEL_OUTPUTS

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NOT_WORD = re.compile(r"[^0-9a-z]+")
LONGEST = 60


def lower_snake(name: str) -> str:
    """Return a name in lower_snake, ASCII only, never empty, never beginning with a digit.

    Examples
    --------
    >>> lower_snake("InvoiceNo"), lower_snake("customerID"), lower_snake("E-Mail Adresse"), lower_snake("Größe")
    ('invoice_no', 'customer_id', 'e_mail_adresse', 'grosse')
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    spaced = CAMEL.sub(" ", plain)
    snake = NOT_WORD.sub("_", spaced.lower()).strip("_")[:LONGEST].strip("_")
    if not snake:
        return "column"
    return f"column_{snake}" if snake[0].isdigit() else snake


def attribute_name(name: str) -> str:
    """Return the name of an attribute: in lower_snake, but what a model says keeps its dots.

    Examples
    --------
    >>> attribute_name("churn.probability"), attribute_name("Churn.Probability.leaves"), attribute_name("home.city")
    ('churn.probability', 'churn.probability.leaves', 'home_city')
    """
    parts = [lower_snake(part) for part in name.split(".")]
    of_model = len(parts) in (2, 3) and parts[1] in MODEL_OUTPUTS and all(name.split("."))
    return ".".join(parts) if of_model else lower_snake(name)


def unique(names: Iterable[str], *, reserved: Iterable[str] = ()) -> list[str]:
    """Return names with ``_2``, ``_3`` ... behind those that repeat an earlier one, whatever their case."""
    taken = {name.casefold() for name in reserved}
    out = []
    for name in names:
        candidate, ordinal = name, 1
        while candidate.casefold() in taken:
            ordinal += 1
            candidate = f"{name}_{ordinal}"
        taken.add(candidate.casefold())
        out.append(candidate)
    return out


def header_names(cells: Iterable[str], *, warnings: list[str]) -> list[str]:
    """Return usable column names of a header row; say what had to be changed."""
    named = []
    for place, cell in enumerate(cells, start=1):
        clean = " ".join(cell.replace("\ufeff", "").split())
        if not clean:
            warnings.append(f"column {place} has no name; it is called column_{place}")
        named.append(clean or f"column_{place}")
    out = unique(named, reserved=("row_number",))
    for before, after in zip(named, out, strict=True):
        if before != after:
            warnings.append(f"the column name {before!r} occurs more than once; one of them is called {after!r}")
    return out
