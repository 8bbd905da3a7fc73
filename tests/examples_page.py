"""The page of the 27 examples, made from ``conformance/``: every case with its three spellings and its people."""

from __future__ import annotations

from tests.conformance import Example, example_text, examples

from segmentary.language.sentence import sentence
from segmentary.language.source import to_python
from segmentary.language.text import format_text
from segmentary.language.tree import Definition
from segmentary.language.yaml import dump_yaml

HEAD = """# The language in 27 examples

Made from `conformance/cases`: each request as YAML, as text (for `--where`) and in Python, the sentence the program
says for it, and a few people of whom one would not be sure. Every evaluator on every engine gives exactly these
members; the tests hold it.
"""


def examples_page() -> str:
    """Return the page, one section per case."""
    parts = [HEAD]
    for case in examples("cases"):
        number, request = example_text(case.name)
        parts.append(f"\n## {number}. {request}\n")
        parts.append(f"\n{sentence(case.definition.where)}\n")
        parts.append(f"\n```yaml\n{dump_yaml([case.definition, *beside(case)])}```\n")
        parts.append(f"\n```text\n{format_text(case.definition.where)}\n```\n")
        parts.append(f"\n```python\n{to_python(case.definition)}\n```\n")
        parts.append(f"\n{people(case)}")
    return "".join(parts)


def beside(case: Example) -> list[Definition]:
    """Return what the definition refers to, as it was written."""
    found: dict[str, Definition] = {}
    for one in case.written:
        if one.name != "case":
            found[one.name] = one
    return list(found.values())


def people(case: Example) -> str:
    inside = [name for name in case.judged if name in case.members]
    outside = [name for name in case.judged if name not in case.members]
    lines = []
    for title, names in (("In", inside), ("Not in", outside)):
        shown = sorted(names)[:12]
        more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
        said = [f"{spoken(name)} ({case.notes[name]})" if name in case.notes else spoken(name) for name in shown]
        if said:
            lines.append(f"**{title}:** {'; '.join(said)}{more}.\n")
    return "\n".join(lines)


def spoken(name: str) -> str:
    return name.replace("_", " ")
