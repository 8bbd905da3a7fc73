"""Coded passages as events: one file a coding and space of ids, kept by the archive and loaded like any source's.

The id of an event is ``MESSAGE.GENERATION.CODER.PLACE``: the text it is about, the how-manieth coding, a hash of the
coder's version, the place among the text's passages. The customers' events are those of each text's newest generation
(`profiles/recorded_events.sql`): a new coder replaces what an older one said, and the archive keeps both. A text whose
writer refused analytics since is withdrawn by a generation of its own that says nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.schema import RECORDED_EVENTS, VOICE_CODED, VOICE_WITHDRAWN, VOICES
from segmentary.workspace.loading import AddOptions

if TYPE_CHECKING:
    from segmentary.models.voice.coding import Coded
    from segmentary.workspace.loading import Proposed
    from segmentary.workspace.voice_texts import Said
    from segmentary.workspace.workspace import Workspace

COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("record_id", "name", "message_id", "session_id", "channel")]
    + [("happened_at", pa.timestamp("us")), ("sequence", pa.int64())]
)
TOLD = pa.schema(
    [(name, pa.string()) for name in ("language", "tone", "intent", "topic", "need", "pain", "quote")]
    + [(name, pa.string()) for name in ("because", "coder", "message", "survey", "item")]
    + [("sentiment", pa.float64()), ("certainty", pa.float64()), ("start", pa.int64()), ("end", pa.int64())]
)
"""What an event says beside where and when: its properties."""
SCHEMA = pa.schema([*COLUMNS, *TOLD])
DIGITS = 4
PART = 5_000
"""Events that are written together."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one text: the newest generation, and by which coder (empty: withdrawn)."""

    generation: int
    coder: str
    id_space: str = ""
    record_id: str | None = None
    happened_at: dt.datetime | None = None


def short(version: str) -> str:
    """Return what stands for a coder in the ids of events."""
    return hashlib.sha256(version.encode()).hexdigest()[:12]


def held_codes(workspace: Workspace) -> dict[str, Held]:
    """Return what is held of every text that was ever coded."""
    names = ("message_id", "name", "id_space", "record_id", "happened_at")
    told = exp.select(*(exp.column(name, quoted=True) for name in names)).from_(
        exp.table_(RECORDED_EVENTS.name, quoted=True)
    )
    source = exp.column("source", quoted=True).eq(literal(VOICES))
    found: dict[str, Held] = {}
    for message_id, name, space, who, at in workspace.engine.rows(told.where(source)):
        key, generation, coder, _ = str(message_id).split(".")
        if key not in found or int(generation) > found[key].generation:
            found[key] = Held(int(generation), "" if name == VOICE_WITHDRAWN else coder, str(space), who, at)
    return found


def write_codes(
    workspace: Workspace,
    coded: Iterable[tuple[Said, Sequence[Coded]]],
    version: str,
    held: Mapping[str, Held],
    withdrawn: Sequence[str] = (),
) -> int:
    """Load coded passages as events, all of them or none, and withdraw others by their keys; return how many events."""
    with tempfile.TemporaryDirectory(dir=workspace.archive.folder) as folder:
        files = EventFiles(Path(folder))
        try:
            for said, passages in coded:
                generation = held[said.key].generation + 1 if said.key in held else 0
                for place, one in enumerate(passages):
                    row = event_row(said, one, f"{said.key}.{generation}.{short(version)}.{place}", place)
                    files.add(said.id_space, row | {"coder": version})
            for key in withdrawn:
                old = held[key]
                row = {"record_id": old.record_id, "name": VOICE_WITHDRAWN, "happened_at": old.happened_at}
                message = f"{key}.{old.generation + 1}.{short(version)}.0"
                files.add(old.id_space, row | {"message": key, "message_id": message})
        finally:
            files.close()
        if files.rows:
            workspace.load([one for path, space in files.paths.items() for one in proposed(workspace, path, space)])
        return files.rows


class EventFiles:
    """Files being written, one a space of ids, a part at a time: a hundred thousand texts must not wait in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: dict[Path, str] = {}
        self.rows = 0
        self.waiting: dict[str, list[dict[str, object]]] = {}
        self.writers: dict[str, Any] = {}

    def add(self, space: str, row: dict[str, object]) -> None:
        """Take one event of a space of ids."""
        self.waiting.setdefault(space, []).append(row)
        self.rows += 1
        if len(self.waiting[space]) >= PART:
            self.write(space)

    def write(self, space: str) -> None:
        """Write what waits."""
        import pyarrow.parquet as pq

        if space not in self.writers:
            path = self.folder / f"{len(self.writers)}" / "voices.parquet"
            path.parent.mkdir()
            self.paths[path] = space
            self.writers[space] = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self.writers[space].write_table(pa.Table.from_pylist(self.waiting.pop(space), schema=SCHEMA))

    def close(self) -> None:
        """Write the rest, and end the files."""
        for space in list(self.waiting):
            self.write(space)
        for writer in self.writers.values():
            writer.close()


def proposed(workspace: Workspace, path: Path, space: str) -> list[Proposed]:
    """Return a file of events as it is to be loaded."""
    fields = {"id_space": space, "timezone": "UTC", "attributes": {name: name for name in TOLD.names}}
    options = AddOptions("events", {name: name for name in COLUMNS.names}, VOICES, fields=fields)
    return workspace.loader.propose([path], options)


def event_row(said: Said, one: Coded, message_id: str, place: int) -> dict[str, object]:
    """Return one event."""
    because = ", ".join(f"{word} {weight:+.2f}" for word, weight in one.because[:5])
    return {
        "record_id": said.record_id,
        "name": VOICE_CODED,
        "message_id": message_id,
        "session_id": said.conversation_id,
        "channel": said.channel,
        "happened_at": said.happened_at.replace(tzinfo=None),
        "sequence": place,
        "language": one.language,
        "tone": tone(one.sentiment),
        "sentiment": None if one.sentiment is None else round(one.sentiment, DIGITS),
        "intent": one.intent,
        "topic": one.topic,
        "need": one.need,
        "pain": one.pain,
        "quote": one.quote,
        "start": one.start,
        "end": one.end,
        "certainty": None if one.certainty is None else round(one.certainty, DIGITS),
        "because": because or None,
        "message": said.key,
        "survey": said.survey,
        "item": said.item,
    }


def tone(value: float | None) -> str | None:
    """Return the mood in one word."""
    from segmentary.models.voice.sentiment import Sentiment

    return Sentiment(value).tone
