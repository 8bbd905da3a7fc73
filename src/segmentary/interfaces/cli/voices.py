"""`segmentary voices`: what customers say, coded into events, counted with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import plural, progress, say, show_files, show_json, show_table, telling
from segmentary.interfaces.cli.session import AsJson, command, moment, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

app = command("Code what customers say, and count it with its evidence.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A model or codebook; NAME@v2 for an older version.")]
Names = Annotated[list[str] | None, typer.Option("--by", metavar="NAME", help="A model or codebook kept. Repeatable.")]
Since = Annotated[str, typer.Option(metavar="DATE", help="Only what was said from this day (or instant) on.")]
Survey = Annotated[str, typer.Option(metavar="SURVEY", help="Only answers to this survey.")]
Item = Annotated[str, typer.Option(metavar="ITEM", help="Only answers to this question of the survey.")]


@app.command()
def train(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the model.")],
    file: Annotated[Path, typer.Option("--from", metavar="FILE", help="Labelled texts: .csv, .tsv, .parquet, .jsonl.")],
    text: Annotated[str, typer.Option(metavar="COLUMN", help="The column of the texts.")] = "text",
    label: Annotated[str, typer.Option(metavar="COLUMN", help="The column of the labels.")] = "label",
    says: Annotated[
        str, typer.Option(metavar="WHAT", help="What labels mean: intent, topic, need, pain, sentiment.")
    ] = "intent",
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Labelled texts kept apart, to judge by.")] = None,
    right: Annotated[
        float, typer.Option(metavar="SHARE", min=0.5, max=0.99, help="Of what it is sure of, so much should be right.")
    ] = 0.9,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same model.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Train a model of labelled texts, judge it on texts left out, and keep it."""
    from segmentary.interfaces.cli.voices_shown import show_voice, voice_document
    from segmentary.workspace.voice_files import labelled

    apart = labelled(test, text, label) if test is not None else None
    texts, labels = labelled(file, text, label)
    with opened(ctx) as workspace, progress("reading the texts") as step:
        found = workspace.voices.train(
            name, texts, labels, says=says, test=apart, wanted=right, seed=seed, tell=telling(step)  # type: ignore[arg-type]
        )  # fmt: skip
    if as_json:
        show_json(voice_document(found))
        return
    show_voice(found)
    say(f"kept as {found.label}; next: segmentary voices code --by {name}")


@app.command()
def codebook(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The codebook: YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Keep a codebook people wrote: needs, pains, topics, intents, each with its words, phrases and patterns."""
    from segmentary.interfaces.cli.voices_shown import show_voice, voice_document

    with opened(ctx) as workspace:
        found = workspace.voices.keep_codebook(file)
    if as_json:
        show_json(voice_document(found))
        return
    show_voice(found)
    say(f"kept as {found.label}; next: segmentary voices code --by {found.name}")


@app.command("list")
def list_voices(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the models and codebooks kept."""
    from segmentary.interfaces.cli.voices_shown import listed_document

    with opened(ctx) as workspace:
        found = workspace.voices.kept()
    if as_json:
        show_json({"voices": [listed_document(one) for one in found]})
        return
    show_table(
        ["name", "version", "says", "labels"],
        [[one.name, f"v{one.number}", one.says, len(one.labels)] for one in found],
        empty="nothing codes yet: segmentary voices codebook FILE, or voices train NAME --from FILE",
    )


@app.command("show")
def show_one(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show how well a model does, label by label, or the codes of a codebook."""
    from segmentary.interfaces.cli.voices_shown import show_voice, voice_document

    with opened(ctx) as workspace:
        found = workspace.voices.voice(name)
    if as_json:
        show_json(voice_document(found))
        return
    show_voice(found, every=True)


@app.command("try")
def try_text(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What somebody might say.")],
    by: Names = None,
    as_json: AsJson = False,
) -> None:
    """Code one text, and say which words decided; nothing is kept."""
    from segmentary.interfaces.cli.voices_shown import show_passages, tried_document

    with opened(ctx) as workspace:
        found = workspace.voices.coder(*(by or ())).code(text)
    if as_json:
        show_json({"passages": [tried_document(one) for one in found]})
        return
    show_passages(found)


@app.command()
def code(
    ctx: typer.Context,
    by: Names = None,
    since: Since = "",
    channels: Annotated[
        list[str] | None, typer.Option("--channel", metavar="CHANNEL", help="Only this channel. Repeatable.")
    ] = None,
    survey: Survey = "",
    item: Item = "",
    as_json: AsJson = False,
) -> None:
    """Code what customers said into events voice_coded; without --by, by everything kept."""
    with opened(ctx) as workspace, progress("reading what was said") as step:
        found = workspace.voices.code(
            *(by or ()),
            since=moment(since, "--since"),
            channels=channels or (),
            survey=survey or None,
            items=(item,) if item else (),
            tell=telling(step),
        )
    if as_json:
        show_json(found)
        return
    show_table(["", "code", "passages"], [[kind, name, n] for kind, name, n in flat(found.counts)])
    say(f"{plural(found.texts, 'text')} coded into {plural(found.passages, 'event')} by {found.coder}")
    for count, sentence in (
        (found.known, "were coded by the same before and stay as they are"),
        (found.unsure, "carry no code: the coder cannot say"),
        (found.nobodys, "are of nobody we serve; `voices themes` counts them"),
        (found.left_out.refused_analytics, "are left out: whoever wrote them refused analytics"),
        (found.left_out.deleted, "are left out: whoever wrote them was deleted"),
        (found.withdrawn, "are withdrawn: who wrote them refused analytics since, or is no customer"),
    ):
        if count:
            say(f"{plural(count, 'text')} {sentence}")
    say("segmentary run brings them into traits and segments")


def flat(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, int]]:
    return [(kind, name, n) for kind, own in counts.items() for name, n in list(own.items())[:8]]


@app.command()
def themes(
    ctx: typer.Context,
    by: Names = None,
    survey: Survey = "",
    item: Item = "",
    channel: Annotated[str, typer.Option(metavar="CHANNEL", help="Messages of this channel.")] = "",
    segments: Annotated[
        list[str] | None, typer.Option("--segment", metavar="SEGMENT", help="Against everybody else. Repeatable.")
    ] = None,
    since: Since = "",
    discover: Annotated[bool, typer.Option("--discover", help="Find themes in the texts, whatever is kept.")] = False,
    human: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Codes people gave: text, code, coder; agreement is measured.")
    ] = None,
    hide_orders: Annotated[bool, typer.Option("--hide-orders", help="Take order numbers out of quotes too.")] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed finds the same themes.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Count codes, or themes found in the texts: shares with intervals, of interviews mentions only."""
    from segmentary.interfaces.cli.voices_shown import show_themes

    if item and not survey:
        raise UsageError("an item belongs to a survey", hint="--survey NAME --item ITEM")
    with opened(ctx) as workspace, progress("reading what was said") as step:
        found = workspace.voices.themes(
            *(by or ()),
            survey=survey or None,
            item=item or None,
            channel=channel or None,
            segments=segments or (),
            since=moment(since, "--since"),
            discover=discover,
            human=human,
            hide=("order",) if hide_orders else (),
            seed=seed,
            tell=telling(step),
        )
    if as_json:
        show_json(found.to_document())
        return
    show_themes(found)


@app.command()
def retire(ctx: typer.Context, name: Name) -> None:
    """Take a model or codebook out of force; what it coded stays until something else codes the same texts."""
    with opened(ctx) as workspace:
        workspace.voices.retire(name)
    say(f"{name} codes nothing any more")


@app.command()
def report(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    hide_orders: Annotated[bool, typer.Option("--hide-orders", help="Take order numbers out of quotes too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the report of what customers say: themes with quotes, mood over time, segments, needs."""
    with opened(ctx) as workspace, progress("drawing") as step:
        files = workspace.voices.report(out, hide=("order",) if hide_orders else (), tell=telling(step))
    show_files(files, as_json=as_json)
