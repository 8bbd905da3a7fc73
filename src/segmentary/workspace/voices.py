"""What customers say, in a workspace: models and codebooks kept in its ledger, passages coded into dated events.

::

    workspace.voices.train("support", texts, labels)     # a model of intents, judged on texts left out
    workspace.voices.keep_codebook("needs.yaml")         # rules people wrote
    workspace.voices.code("support", "needs")            # every passage becomes an event voice_coded
    workspace.run()                                       # and traits and segments may use them
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from segmentary.errors import NoAnswerError, UsageError
from segmentary.ledger.records import Record, append_record, current_records, record, records
from segmentary.models.progress import Tell, quiet, within
from segmentary.workspace.moments import Moment, as_of_instant
from segmentary.workspace.voice_events import Held, held_codes, short, write_codes
from segmentary.workspace.voice_texts import DELETED, LeftOut, Said, refusals, said

if TYPE_CHECKING:
    from segmentary.models.voice.codebook import Codebook
    from segmentary.models.voice.coding import Coded, Coder, Says
    from segmentary.models.voice.intents import IntentModel
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.voice_themes import ThemesFound
    from segmentary.workspace.workspace import Workspace

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
COUNTED = ("language", "tone", "intent", "topic", "need", "pain")


@dataclass(frozen=True)
class KeptVoice:
    """A model or codebook the ledger keeps. says : what a model's labels mean; of codebooks ``codebook``."""

    name: str
    number: int
    version: str
    says: str
    labels: tuple[str, ...]
    created_at: dt.datetime
    card: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How people read its version."""
        return f"{self.name}@v{self.number}"


@dataclass(frozen=True)
class CodedTexts:
    """What a coding did. texts : coded now; known : coded by the same before, left as they were.

    nobodys : texts of whoever is no customer, which no event can be about. withdrawn : texts whose codes were taken
    back, since whoever wrote them refused analytics or was deleted. counts : of each kind of code, how many passages.
    """

    coder: str
    texts: int
    known: int
    passages: int
    nobodys: int
    left_out: LeftOut
    withdrawn: int
    unsure: int
    counts: Mapping[str, Mapping[str, int]]


class Voices:
    """What customers say: ``workspace.voices``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ what codes

    def train(
        self,
        name: str,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        says: Says = "intent",
        test: tuple[Sequence[str], Sequence[str]] | None = None,
        wanted: float = 0.9,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> KeptVoice:
        """Train a model of labels, judge it on texts left out, and keep it; the same again adds nothing.

        says : what the labels mean: intent, topic, need, pain or sentiment (negative, neutral, positive).
        test : texts and labels kept apart, judged too; texts that stand in both are left out and counted.
        wanted : of the guesses it is sure of, so many should be right.

        Raises
        ------
        NoAnswerError
            when there are not two labels with two texts each.
        """
        from segmentary.models.voice.coding import TONES, Says
        from segmentary.models.voice.intent_card import judged
        from segmentary.models.voice.intent_fitting import same
        from segmentary.models.voice.intents import IntentModel

        self.check_name(name, "model")
        if says not in get_args(Says):
            raise UsageError(f"{says!r} is nothing labels can mean", hint=", ".join(get_args(Says)))
        strange = sorted({one for one in labels if one and one not in TONES}) if says == "sentiment" else []
        if strange:
            raise UsageError(f"{strange[0]!r} is no sentiment", hint="negative, neutral, positive")
        model = IntentModel.fit(texts, labels, seed, wanted=wanted, tell=within(tell, 0.0, 0.9))
        if test is not None:
            known = {same(text) for text in texts if text}
            model = model.with_card(model.card | {"test": judged(model, *test, known=known, seed=seed)})
        return self.keep(name, {"type": "model", "says": says, "model": model.to_document()})

    def keep_codebook(self, given: str | Path | Codebook) -> KeptVoice:
        """Keep a codebook, from a YAML or JSON file or made in Python; the same again adds nothing."""
        book = given if not isinstance(given, str | Path) else read_codebook_file(Path(given))
        self.check_name(book.name, "codebook")
        return self.keep(book.name, {"type": "codebook", "says": "codebook", "codebook": book.to_document()})

    def keep(self, name: str, document: dict[str, Any]) -> KeptVoice:
        """Keep a document of a name."""
        append_record(self.workspace.ledger, "voice", name, document, at=self.workspace.tick())
        return self.voice(name)

    def voice(self, name: str, version: str = "") -> KeptVoice:
        """Return a model or codebook kept; version (or ``name@version``): ``v2`` or how its hash begins."""
        return self.told(record(self.workspace.ledger, "voice", name, version))

    def told(self, kept: Record) -> KeptVoice:
        """Return what people read of a record."""
        held = [one.version for one in records(self.workspace.ledger, "voice", kept.name) if not one.retired]
        document = kept.document
        if document["type"] == "codebook":
            book = codebook_of(kept)
            labels = tuple(one.code for one in book.codes)
            card = {"codebook": document["codebook"], "findings": [one.to_document() for one in book.findings]}
        else:
            labels, card = tuple(document["model"]["labels"]), document["model"]["card"]
        number = held.index(kept.version) + 1
        return KeptVoice(kept.name, number, kept.version, document["says"], labels, kept.created_at, card)

    def kept(self) -> list[KeptVoice]:
        """Return the newest version of every model and codebook in force."""
        return [self.told(one) for one in current_records(self.workspace.ledger, "voice").values()]

    def model(self, name: str, version: str = "") -> IntentModel:
        """Return a trained model: what a chatbot asks."""
        from segmentary.models.voice.intents import IntentModel

        kept = record(self.workspace.ledger, "voice", name, version)
        if kept.document["type"] != "model":
            raise UsageError(f"{kept.name} is a codebook, no model", hint="segmentary voices list")
        return IntentModel.from_document(kept.document["model"])

    def retire(self, name: str) -> None:
        """Take a model or codebook out of force; what it coded stays until something else codes the same texts."""
        kept = record(self.workspace.ledger, "voice", name)
        append_record(self.workspace.ledger, "voice", name, kept.document, at=self.workspace.tick(), retired=True)

    def coder(self, *names: str) -> Coder:
        """Return what codes by models and a codebook kept; no names: all in force.

        Raises
        ------
        UsageError
            when two of them say the same thing.
        """
        from segmentary.models.voice.coding import BUILT_IN, Coder
        from segmentary.models.voice.intents import IntentModel

        wanted = names or tuple(current_records(self.workspace.ledger, "voice"))
        models: dict[Says, IntentModel] = {}
        book: Codebook | None = None
        told = []
        for name in dict.fromkeys(wanted):
            kept = record(self.workspace.ledger, "voice", name)
            told.append(self.told(kept))
            if kept.document["type"] == "codebook":
                if book is not None:
                    raise UsageError("two codebooks at once", hint="join them in one file, or name one")
                book = codebook_of(kept)
                continue
            says = kept.document["says"]
            if says in models:
                raise UsageError(f"two models that say a text's {says}", hint="name the one to code with")
            models[says] = IntentModel.from_document(kept.document["model"])
        if book is not None:
            for kind in book.taught:
                models.setdefault(kind, book.learned(kind))
        versions = [f"{one.label} {one.version[:8]}" for one in sorted(told, key=lambda one: one.name)]
        return Coder(", ".join([*versions, BUILT_IN]), models, book)

    def check_name(self, name: str, type_: str) -> None:
        """Refuse a name nobody could write, and one that something of another type has."""
        held = current_records(self.workspace.ledger, "voice").get(name)
        if held is not None and held.document["type"] != type_:
            raise UsageError(f"{name} is a {held.document['type']} already", hint="take another name")
        if not NAME.fullmatch(name):
            hint = "small letters, digits, underscores; a letter first; at most 60"
            raise UsageError(f"{name!r} cannot name a model or codebook", hint=hint)

    # ------------------------------------------------------------ coding

    def code(
        self,
        *names: str,
        since: Moment = None,
        channels: Sequence[str] = (),
        survey: str | None = None,
        items: Sequence[str] = (),
        tell: Tell = quiet,
    ) -> CodedTexts:
        """Code what customers said into events ``voice_coded``, by models and a codebook kept (none named: all).

        A text the same coder coded before is left as it is; another coder's codes of it are replaced. Whoever refused
        analytics is left out, and codes of theirs are withdrawn.

        since : only what was said from this moment on. channels, survey, items : only these.
        """
        coder = self.coder(*names)
        start = None if since is None else as_of_instant(since, self.workspace.settings.timezone)
        tell("reading what was said", 0.0)
        texts, left_out = said(self.workspace, since=start, channels=channels, survey=survey, items=items)
        held = held_codes(self.workspace)
        version = short(coder.version)
        ours = [one for one in texts if one.customer_id is not None and one.record_id is not None]
        new = [one for one in ours if one.key not in held or held[one.key].coder != version]
        everywhere = start is None and not channels and survey is None and not items
        withdrawn = self.to_withdraw(held, {one.key for one in ours} if everywhere else None)
        counts = Counts()
        coded = counts.watched(self.coded(coder, new, tell))
        passages = write_codes(self.workspace, coded, coder.version, held, withdrawn) - len(withdrawn)
        self.workspace.derived.ensure()
        return CodedTexts(
            coder.version, len(new), len(ours) - len(new), passages, len(texts) - len(ours), left_out, len(withdrawn),
            counts.unsure, counts.told(),
        )  # fmt: skip

    def coded(self, coder: Coder, texts: Sequence[Said], tell: Tell) -> Iterator[tuple[Said, list[Coded]]]:
        """Yield each text with its coded passages; texts that say the same are coded once."""
        known: dict[str, list[Coded]] = {}
        for number, one in enumerate(texts):
            if number % 200 == 0:
                tell(f"{number:,} of {len(texts):,} texts coded", 0.1 + 0.8 * number / len(texts))
            if one.text not in known:
                if len(known) > 10_000:
                    known.clear()
                known[one.text] = coder.code(one.text)
            if known[one.text]:
                yield one, known[one.text]

    def to_withdraw(self, held: Mapping[str, Held], ours: Collection[str] | None) -> list[str]:
        """Return the texts whose codes are in force and must not be.

        Whoever wrote them refused analytics since; or, where all texts were looked at (ours), they are no customer's.
        """
        if not any(one.coder for one in held.values()):
            return []
        if ours is not None:
            return sorted(key for key, one in held.items() if one.coder and key not in ours)
        from segmentary.workspace.voice_people import customers_of

        out = refusals(self.workspace, self.workspace.tick())
        people = customers_of(self.workspace)
        return sorted(
            key
            for key, one in held.items()
            if one.coder and (who := people.get((one.id_space, one.record_id))) is not None
            and out.get(who) not in (None, DELETED)
        )  # fmt: skip

    # ------------------------------------------------------------ counting

    def themes(self, *names: str, tell: Tell = quiet, **options: Any) -> ThemesFound:
        """Count codes, or find themes nobody wrote a code for, in a survey's answers or a channel's messages.

        options : of `segmentary.workspace.voice_themes.themes`: survey, item, channel, by, segments, since, human ...
        """
        from segmentary.workspace.voice_themes import themes

        return themes(self.workspace, names, tell=tell, **options)

    def report(self, path: str | Path | None = None, *, hide: Sequence[str] = (), tell: Tell = quiet) -> DocumentFiles:
        """Write the report of what customers say: pages and a workbook.

        hide : what is taken out of quotes beyond addresses and numbers: ``order``.
        """
        from segmentary.workspace.voice_reporting import write_voices

        return write_voices(self.workspace, Path(path) if path is not None else None, hide, tell)


class Counts:
    """How many passages have each code, counted while they go by."""

    def __init__(self) -> None:
        self.found: dict[str, Counter[str]] = {kind: Counter() for kind in COUNTED}
        self.unsure = 0

    def watched(self, coded: Iterable[tuple[Said, list[Coded]]]) -> Iterator[tuple[Said, list[Coded]]]:
        """Yield what was coded, and count it."""
        from segmentary.workspace.voice_events import tone

        for text, passages in coded:
            self.unsure += all(one.certainty is None for one in passages)
            for one in passages:
                told = {"language": one.language, "tone": tone(one.sentiment)}
                for kind, counter in self.found.items():
                    value = told[kind] if kind in told else getattr(one, kind)
                    if value is not None:
                        counter[value] += 1
            yield text, passages

    def told(self) -> dict[str, dict[str, int]]:
        """Return the counts, most first."""
        return {kind: dict(sorted(c.items(), key=lambda one: (-one[1], one[0]))) for kind, c in self.found.items()}


def codebook_of(kept: Record) -> Codebook:
    """Return the codebook of a record."""
    from segmentary.models.voice.codebook import read_codebook

    return read_codebook(kept.document["codebook"])


def read_codebook_file(path: Path) -> Codebook:
    """Return the codebook of a YAML or JSON file; its name is the file's unless it says one.

    Raises
    ------
    UsageError
        when there is no such file.
    DefinitionError
        when it is no codebook.
    """
    import yaml

    from segmentary.errors import DefinitionError
    from segmentary.models.voice.codebook import read_codebook

    if not path.is_file():
        raise UsageError(f"there is no file {path}", hint="a codebook is a YAML or JSON file")
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name} cannot be read as YAML", hint=str(error).splitlines()[0]) from error
    name = re.sub(r"\W+", "_", path.stem.lower())
    book = read_codebook(document, name=name)
    if not book.codes:
        raise NoAnswerError(f"{path.name} has no codes")
    return book
