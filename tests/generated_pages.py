"""Pages of the documentation that are made from the code: `python -m tests.generated_pages` writes them."""

from __future__ import annotations

import inspect
from pathlib import Path

from tests.engine.capabilities import engines_page
from tests.examples_page import examples_page

from segmentary import errors
from segmentary.language.sentence import sentence
from segmentary.language.walk import events_used, segments_used, traits_used
from segmentary.schema import ALL_TABLES, PROVENANCE, RECEIVED
from segmentary.segments.library import BASES, library

DOCS = Path(__file__).resolve().parents[1] / "docs"


def tables_page() -> str:
    """Every canonical table with the meaning of its columns."""
    shared = {column.name for column in PROVENANCE}
    lines = [
        "# Tables of the warehouse",
        "",
        "Made from `schema.py`. Instants are UTC without zone; money is DECIMAL(18,4); ids are text.",
        (
            "**Received** tables hold what sources delivered, row by row, with where it came from; **derived** tables"
            " are made from them and can be thrown away."
        ),
        "",
        "Columns that every received table of a source begins with:",
        "",
        *columns(PROVENANCE),
        "",
        (
            "Beside these a run makes `profile` (one row per customer, one column per attribute), `traits` (one column"
            " per computed trait and score) and `membership` (one bit per segment), all as of its moment."
        ),
    ]
    for table in ALL_TABLES:
        key = f" Unique: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
        lines += ["", f"## {table.name}", "", f"One row is {table.row}. {table.family.capitalize()}.{key}", ""]
        own = [c for c in table.columns if not (table in RECEIVED and c.name in shared)]
        lines += columns(own)
    return "\n".join(lines) + "\n"


def columns(given) -> list[str]:
    return [
        "| column | type | meaning |",
        "|---|---|---|",
        *(f"| `{c.name}` | {c.type} | {c.meaning} |" for c in given),
    ]


def errors_page() -> str:
    """Every error class with its sentence."""
    drawing = [line[4:] for line in inspect.getdoc(errors).split("::\n", 1)[1].splitlines() if line.startswith("    ")]
    lines = [
        "# Errors",
        "",
        (
            "Made from `errors.py`. Everything that can go wrong is one tree. An error says what is wrong and where;"
            " its hint says what to do. The command line exits with 2 for a `UsageError` and everything below it, with"
            " 1 for every other error."
        ),
        "",
        "```",
        *drawing,
        "```",
        "",
        "| error | meaning |",
        "|---|---|",
    ]
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, errors.SegmentaryError):
            sentence = inspect.getdoc(value).splitlines()[0]
            lines.append(f"| `{name}` | {sentence} |")
    return "\n".join(lines) + "\n"


def library_page() -> str:
    """Every library segment: what it is for, what it says, what it needs."""
    ready = library()
    lines = [
        "# Segment library",
        "",
        (
            f"Made from `segments/library/`. {len(ready)} ready segments over seven bases; `segmentary segment suggest`"
            " lists those your data can support, and says what the others lack. To change one, copy its definition from"
            " `segmentary dump` or from the file of its base into your own `segments/` folder."
        ),
        "",
        (
            "Traits are attributes of your sources, computed traits or model outputs; events are things customers did."
            " What a sentence calls `account ...` is an attribute of the account a customer belongs to."
        ),
    ]
    for base in BASES:
        lines += ["", f"## {base.capitalize()}", "", "| segment | what for | who | needs |", "|---|---|---|---|"]
        for name, definition in ready.items():
            if definition.base == base:
                cells = (f"`{name}`", definition.purpose, sentence(definition), needs(definition))
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def needs(definition) -> str:
    traits = [f"`{name}`" for name in sorted(traits_used(definition))]
    events = [f"event `{name}`" for name in sorted(events_used(definition))]
    segments = [f"segment `{name}`" for name in sorted(segments_used(definition))]
    return ", ".join(traits + events + segments)


PAGES = {
    "tables.md": tables_page,
    "errors.md": errors_page,
    "library.md": library_page,
    "engines.md": engines_page,
    "guides/27-examples.md": examples_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
