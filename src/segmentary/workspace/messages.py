"""Messages of a workspace: templates by variant, what they need, what they look like for real people.

::

    workspace.messages.lint("autumn")
    workspace.messages.preview("autumn", ["c7"], "thanks")
    for one in workspace.messages.render_for(people, sending): ...       # Outgoing, or LeftOut and why
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segmentary.activation.message import Outgoing
from segmentary.activation.rendering import Renderer, TemplateError
from segmentary.activation.templates import Message, read_message, wrong_at
from segmentary.errors import SegmentaryError, UnknownNameError
from segmentary.ledger.records import append_record, current_records, record
from segmentary.workspace.message_variables import Variable, variables

if TYPE_CHECKING:
    from segmentary.language.cursor import Cursor
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.message_rendering import LeftOut, Person, Preview, Sending
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """One line of the list."""

    name: str
    title: str
    variants: tuple[str, ...]
    language: str
    traits: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Read:
    """A message with what its variants name. uses : variant to its variables."""

    message: Message
    uses: Mapping[str, tuple[Variable, ...]] = field(default_factory=dict)

    @property
    def traits(self) -> tuple[str, ...]:
        """Every trait it names."""
        return tuple(dict.fromkeys(one.trait for found in self.uses.values() for one in found if one.trait))


class Messages:
    """Messages of a workspace: templates by variant, what they need, what they look like for real people."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.child: Renderer | None = None

    @property
    def renderer(self) -> Renderer:
        """The caged process templates are rendered in; it ends with the workspace."""
        if self.child is None:
            settings = self.workspace.settings
            self.child = Renderer(zone=settings.timezone, currency=settings.currency)
            weakref.finalize(self, self.child.close)
        return self.child

    # ------------------------------------------------------------ documents

    def apply(self, cursor: Cursor) -> Message:
        """Read a message strictly, check every variable it names, and keep it.

        Raises
        ------
        DefinitionError
            with file and line: a template is no Liquid of ours, names what there is not, or a sensitive trait that is
            not in ``allow_sensitive``.
        """
        message = read_message(cursor)
        self.read(message, cursor)
        append_record(self.workspace.ledger, "message", message.name, message.to_document(), at=self.workspace.tick())
        return message

    def read(self, message: Message, at: Cursor | None = None) -> Read:
        """Have the templates parsed, and find what they name.

        Raises
        ------
        DefinitionError
            as `apply`.
        """
        from segmentary.language.cursor import Cursor

        where = at if at is not None else Cursor(message.to_document())
        uses = {}
        for variant in message.variants:
            try:
                compiled = self.renderer.compile(variant.parts, language=message.language)
            except TemplateError as error:
                raise self.unreadable(error, where, variant.name) from None
            uses[variant.name] = variables(self.workspace, message, variant.name, compiled.uses, where)
        return Read(message, uses)

    def unreadable(self, error: TemplateError, at: Cursor, variant: str) -> SegmentaryError:
        """Return what is wrong with a template, where it stands in its file."""
        import difflib

        from segmentary.activation.cheat_sheet import FILTERS, TAGS

        hint = None
        if error.unknown:
            near = difflib.get_close_matches(error.unknown, FILTERS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"filters: {', '.join(FILTERS)}"
        elif "tag" in error.reason:
            hint = f"tags: {', '.join(TAGS)}"
        return wrong_at(at, variant, error.part, error.line, error.reason, hint)

    def get(self, name: str) -> Message:
        """Return a message in force.

        Raises
        ------
        UnknownNameError
            when there is none of that name.
        """
        from segmentary.language.cursor import Cursor

        return read_message(Cursor(record(self.workspace.ledger, "message", name).document))

    def kept(self) -> list[KeptMessage]:
        """List the messages in force."""
        found = []
        for name, entry in current_records(self.workspace.ledger, "message").items():
            read = self.read(self.get(name))
            variants = tuple(one.name for one in read.message.variants)
            found.append(
                KeptMessage(name, read.message.title, variants, read.message.language, read.traits, entry.version)
            )
        return found

    def lint(
        self, name: str, *, segments: Sequence[str] = (), channel: str = "email", purpose: str = "marketing"
    ) -> list[Finding]:
        """Say what is missing, risky or unusual in a message; fill rates among members of segments (or everybody)."""
        from segmentary.workspace.message_linting import lint

        return lint(self.workspace, self.read(self.get(name)), segments, channel, purpose)

    # ------------------------------------------------------------ rendering

    def preview(
        self,
        name: str,
        customers: Sequence[str] = (),
        variant: str = "",
        *,
        offers: str = "",
        sending: Sending | None = None,
    ) -> list[Preview]:
        """Show a variant (or all of them) for these people, or for three chosen ones; nothing is promised.

        offers : with the best offer of this table. sending : as what it would be sent; default: as service mail.

        Raises
        ------
        UnknownNameError
            when there is no such message or variant.
        """
        from segmentary.workspace.message_previews import previews
        from segmentary.workspace.message_rendering import Sending

        message = self.get(name)
        if variant and variant not in [one.name for one in message.variants]:
            raise UnknownNameError("variant", variant, [one.name for one in message.variants])
        asked = sending or Sending("preview", name, purpose="service", campaign=name, offers=offers)
        return previews(self.workspace, message, customers, variant, asked)

    def render_for(self, people: Iterable[Person], sending: Sending) -> Iterator[Outgoing | LeftOut]:
        """Render a message for people, in batches: promise offers, yield what may go into the outbox, or why not."""
        from segmentary.workspace.message_rendering import render_for

        return render_for(self.workspace, people, sending)
