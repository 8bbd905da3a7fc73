"""Messages that somebody is writing: what is in force, and what is said of a text that is not saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.ledger.records import current_records
from segmentary.models.table.findings import Finding

if TYPE_CHECKING:
    from segmentary.activation.templates import Message
    from segmentary.workspace.messages import KeptMessage
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Named:
    """One variable of a variant. trait : empty where the sending gives it. type : of its values."""

    variant: str
    variable: str
    trait: str
    type: str


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """What a text names, and what is said of it."""

    message: str
    variables: tuple[Named, ...]
    findings: tuple[Finding, ...]


def kept_messages(workspace: Workspace) -> list[KeptMessage]:
    """List the messages in force; one whose segments or traits are gone since does not hide the others."""
    from segmentary.errors import SegmentaryError
    from segmentary.workspace.messages import KeptMessage

    try:
        return workspace.messages.kept()
    except SegmentaryError:
        found = []
        for name, entry in current_records(workspace.ledger, "message").items():
            message = workspace.messages.get(name)
            variants = tuple(one.name for one in message.variants)
            found.append(KeptMessage(name, message.title, variants, message.language, (), entry.version))
        return found


def nameable(workspace: Workspace) -> list[str]:
    """Return the traits a template may name."""
    from segmentary.workspace.message_facts import vocabulary

    return sorted(vocabulary(workspace))


def looked_at(workspace: Workspace, message: Message) -> ReadMessage:
    """Parse the templates of a message that need not be saved, name its variables, and look it over.

    Raises
    ------
    DefinitionError
        where a template is no Liquid of ours, or names what there is not.
    """
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.message_linting import lint

    read = workspace.messages.read(message, Cursor(message.to_document()))
    named = tuple(
        Named(variant, ".".join(one.path), one.trait, one.type) for variant, uses in read.uses.items() for one in uses
    )
    return ReadMessage(message.name, named, tuple(lint(workspace, read, (), "email", "marketing")))
