"""Bots of a workspace: read, held against what there is, kept with versions, and looked over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.reading import bot_from, plain_document, read_bot
from segmentary.activation.chat.understanding import Listener, trainable, trained
from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.cursor import Cursor, nearest_place
from segmentary.ledger.records import Record, append_record, current_records, hash_of_document
from segmentary.models.table.findings import Finding
from segmentary.profiles.naming import sensitivity_of

if TYPE_CHECKING:
    from segmentary.workspace.chats import Chats
    from segmentary.workspace.workspace import Workspace

MODELS = ".chat_models"
"""Models of bots' examples: they can be made again at any time."""


def applied(chats: Chats, document: str | Path | Mapping[str, Any] | Cursor, *, dry_run: bool = False) -> Record:
    """Bring a bot into force; the same again changes nothing."""
    at = cursor_of(document)
    bot = read_bot(at)
    check(chats.workspace, bot, at)
    content = plain_document(at.content)
    now = chats.workspace.tick()
    if dry_run:
        return Record("bot", bot.name, hash_of_document(content), content, False, now)
    return append_record(chats.workspace.ledger, "bot", bot.name, content, at=now)


def cursor_of(document: str | Path | Mapping[str, Any] | Cursor) -> Cursor:
    """Return a document to read: as it is, or of a YAML file or text, with its lines."""
    from segmentary.language.yaml import compose, laid_out

    if isinstance(document, Cursor):
        return document
    if isinstance(document, Mapping):
        return Cursor(document)
    file = None
    if isinstance(document, Path) or "\n" not in document:
        path = Path(document)
        file = str(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise DefinitionError(f"cannot read {path}: {error.strerror}", hint="name a file with a bot") from error
    else:
        text = document
    parts = compose(text, file)
    if len(parts) != 1:
        raise DefinitionError(f"{file or 'the text'} holds {len(parts)} documents", hint="write one bot a file")
    content, places, keys = laid_out(parts[0], file)
    return Cursor(content, places=places, keys=keys)


def listening(workspace: Workspace, held: Record) -> tuple[Bot, Listener]:
    """Return a bot of its record, with what tells its intents."""
    bot = bot_from(held.document)
    model = None
    if bot.voice:
        model = current_records(workspace.ledger, "voice")[bot.voice].document
        model = model.get("model", model)
    elif trainable(bot.intents):
        model = learnt(workspace, bot, held.version)
    if model is None:
        return bot, Listener(bot)
    from segmentary.models.voice.intents import IntentModel

    return bot, Listener(bot, IntentModel.from_document(model))


def learnt(workspace: Workspace, bot: Bot, version: str) -> dict[str, Any] | None:
    """Return the model of a bot's own examples; made once for each version and kept beside the warehouse."""
    folder = workspace.folder.root / MODELS
    path = folder / f"{version}.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        model = trained(bot)
    folder.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(model), encoding="utf-8")
    partial.replace(path)
    return model


def check(workspace: Workspace, bot: Bot, at: Cursor) -> None:
    """Hold a bot against what the workspace has.

    Raises
    ------
    UnknownNameError
        for the first segment, trait, table of offers or voice that does not exist, with its line.
    """
    segments = workspace.segments_defined()
    for name, pointer in places_of_segments(at):
        if name not in segments:
            raise unknown("segment", name, segments, at, pointer)
    known = set(workspace.derived.attribute_types()) | set(workspace.traits_defined()) | set(bot.traits_asked())
    for name in sorted(bot.facts()):
        if name not in known:
            raise unknown("trait", name, known, at, pointer_of_slot(at, name))
        if sensitivity_of(name, "text") == "special":
            hint = "health, belief, origin and the like are never said in a chat"
            raise DefinitionError(
                f"a text says {name!r}, a special category of personal data",
                hint=hint,
                place=nearest_place(at.places, pointer_of_slot(at, name)),
            )
    offers = current_records(workspace.ledger, "offers")
    for name in sorted(bot.offers()):
        if name not in offers:
            raise unknown("table of offers", name, offers, at, "answers")
    voices = current_records(workspace.ledger, "voice")
    if bot.voice and bot.voice not in voices:
        raise unknown("voice", bot.voice, voices, at, "voice")


def unknown(kind: str, name: str, known: Iterable[str], at: Cursor, pointer: str) -> UnknownNameError:
    """Return the complaint about a name, where it stands."""
    return UnknownNameError(kind, name, list(known), place=nearest_place(at.places, pointer), pointer=pointer)


def places_of_segments(at: Cursor) -> list[tuple[str, str]]:
    """Return every segment a document names, with where it stands."""
    found: list[tuple[str, str]] = []

    def look(content: object, pointer: str) -> None:
        if isinstance(content, Mapping):
            for key, one in content.items():
                here = f"{pointer}/{key}" if pointer else str(key)
                if key == "segment" and isinstance(one, str):
                    found.append((one, here))
                elif key == "segments":
                    names = [one] if isinstance(one, str) else one if isinstance(one, list | tuple) else []
                    found.extend((str(name), here) for name in names)
                else:
                    look(one, here)
        elif isinstance(content, list | tuple):
            for number, one in enumerate(content):
                look(one, f"{pointer}/{number}")

    for part in ("answers", "questions", "scripts", "hand_over", "end"):
        if isinstance(at.content, Mapping) and part in at.content:
            look(at.content[part], part)
    return found


def pointer_of_slot(at: Cursor, name: str) -> str:
    """Return where a text with a slot stands."""
    found = ""

    def look(content: object, pointer: str) -> None:
        nonlocal found
        if isinstance(content, Mapping):
            for key, one in content.items():
                look(one, f"{pointer}/{key}" if pointer else str(key))
        elif isinstance(content, list | tuple):
            for number, one in enumerate(content):
                look(one, f"{pointer}/{number}")
        elif isinstance(content, str) and "{{" in content and name in content and not found:
            found = pointer

    look(at.content, "")
    return found


def looked_over(chats: Chats, bot: Bot) -> list[Finding]:
    """Look a bot over, with what the workspace knows of its traits."""
    from segmentary.activation.chat.lint import lint

    types = {**chats.workspace.derived.attribute_types()}
    types |= {name: one.type for name, one in chats.workspace.traits_defined().items()}
    guarded = {name: sensitivity_of(name, types.get(name, "text")) for name in bot.facts()}
    served = {one.name: one.people for one in chats.workspace.segments()} if bot.segments() else {}
    empty = {name for name in bot.segments() if served.get(name) == 0}
    return lint(bot, guarded, empty)
