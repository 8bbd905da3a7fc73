"""Documents of what we say to people: campaigns, messages, offers, journeys, bots; from files into the ledger and back.

A file holds one (or several, divided by ``---``), told by the first key. Beside segments and traits they are brought in
by ``segmentary apply``, all of them or none, and written out by ``segmentary dump``. Each is read and checked by the
facade of the workspace that its row of `DOCUMENTS` names: ``workspace.FACADE.apply(cursor)`` reads strictly (a `Cursor`
knows file and line), checks against the workspace, and keeps it with `append_record`. What it keeps must be readable by
the same ``apply`` again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from segmentary.language.cursor import Cursor
from segmentary.language.yaml import is_typed, node_of, text_node
from segmentary.ledger.records import Kind, current_records
from segmentary.workspace.definitions import Change

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document. key : the first key of its files. kind : of its ledger records. facade : who applies it."""

    key: str
    kind: Kind
    facade: str


DOCUMENTS: dict[str, DocumentKind] = {
    one.key: one
    for one in (
        # In the order of applying: what is named stands before what names it.
        DocumentKind("offers", "offers", "offers"),
        DocumentKind("message", "message", "messages"),
        DocumentKind("bot", "bot", "chats"),
        DocumentKind("journey", "journey", "journeys"),
        DocumentKind("campaign", "campaign", "campaigns"),
    )
}


FIRST_KEY = re.compile(r"^[\s\[{\-]*[\"']?([a-z_]+)[\"']?\s*:", re.MULTILINE)


class Undone(Exception):  # noqa: N818 - nothing went wrong
    """What rolls back a trial."""


def document_key(cursor: Cursor) -> str:
    """Return the kind of document that stands here, by its first key; empty when it is a definition."""
    if not isinstance(cursor.content, Mapping) or not cursor.content:
        return ""
    first = str(next(iter(cursor.content)))
    return first if first in DOCUMENTS else ""


def speaks(text: str) -> bool:
    r"""Say whether a file holds such documents, by its first key: their times are local.

    >>> speaks("# autumn\n---\ncampaign: autumn"), speaks("segment: campaign")
    (True, False)
    """
    found = FIRST_KEY.search(text)
    return found is not None and found[1] in DOCUMENTS


def in_order(documents: Iterable[Cursor]) -> list[Cursor]:
    """Return documents in the order in which they can name each other."""
    rank = list(DOCUMENTS)
    return sorted(documents, key=lambda one: rank.index(document_key(one)))


def apply_documents(workspace: Workspace, documents: Iterable[Cursor]) -> list[Change]:
    """Bring documents into force; call inside a transaction of the ledger, so that it is all of them or none.

    Raises
    ------
    DefinitionError
        with file and line, when one is wrong or names what there is not.
    """
    changes = []
    seen: dict[tuple[str, str], str] = {}
    for cursor in in_order(documents):
        one = DOCUMENTS[document_key(cursor)]
        name = cursor.down(one.key).name()
        where = str(cursor.places.get("") or f"a {one.key}")
        if (one.key, name) in seen:
            raise cursor.down(one.key).wrong(
                f"{one.key} {name!r} is defined twice (also at {seen[one.key, name]})", "rename or remove one"
            )
        seen[one.key, name] = where
        before = current_records(workspace.ledger, one.kind).get(name)
        getattr(workspace, one.facade).apply(cursor)
        after = current_records(workspace.ledger, one.kind)[name]
        word = "added" if before is None else "unchanged" if before.version == after.version else "changed"
        place = cursor.places.get("")
        changes.append(Change(one.key, name, word, after.version, place.file if place and place.file else ""))
    return changes


@contextmanager
def trial(ledger: Ledger) -> Iterator[None]:
    """Do something to the ledger and take it back again: what would be said is said, nothing is kept."""
    try:
        with ledger.transaction():
            yield
            raise Undone
    except Undone:
        pass
    finally:
        # Numbers given in the trial are given again.
        ledger.read_before.clear()


def differing(workspace: Workspace, documents: Iterable[Cursor]) -> list[str]:
    """Return which documents of files are not what is in force; wrong ones are errors."""
    with trial(workspace.ledger):
        changes = apply_documents(workspace, documents)
    return [one.name for one in changes if one.change != "unchanged"]


# ---------------------------------------------------------------- writing


def dump_documents(ledger: Ledger, folder: Path) -> list[Path]:
    """Write every document in force, one file each: ``NAME.campaign.yaml``."""
    written = []
    for one in DOCUMENTS.values():
        for name, entry in current_records(ledger, one.kind).items():
            path = folder / f"{name}.{one.key}.yaml"
            path.write_text(document_text(entry.document, one.key), encoding="utf-8")
            written.append(path)
    return written


def document_text(document: Mapping[str, Any], key: str) -> str:
    r"""Return a document as YAML: its name first, texts of several lines as blocks.

    >>> print(document_text({"variants": {"a": {"text": "Hello\n\nBye\n"}}, "message": "autumn"}, "message"), end="")
    message: autumn
    variants:
      a:
        text: |
          Hello
    <BLANKLINE>
          Bye
    """
    ordered = {key: document[key], **{name: value for name, value in document.items() if name != key}}
    return str(yaml.serialize(laid(ordered), Dumper=yaml.SafeDumper, allow_unicode=True, width=10**9))


def laid(content: object) -> yaml.Node:
    match content:
        case dict() if is_typed(content):
            return node_of(content)
        case dict():
            pairs = [(text_node(str(name)), laid(value)) for name, value in content.items()]
            return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=not content)
        case list() | tuple():
            return yaml.SequenceNode("tag:yaml.org,2002:seq", [laid(one) for one in content], flow_style=not content)
        case str() if "\n" in content:
            return yaml.ScalarNode("tag:yaml.org,2002:str", content, style="|")
        case float():
            return yaml.ScalarNode("tag:yaml.org,2002:float", f"{content:.12g}")
        case None:
            return yaml.ScalarNode("tag:yaml.org,2002:null", "null")
        case _:
            return node_of(content)
