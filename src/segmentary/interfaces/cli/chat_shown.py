"""What `segmentary chat` prints."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.cli.output import columns, console, is_terminal, percent, plural, printable, show, show_table

if TYPE_CHECKING:
    from segmentary.ledger.conversations import Turn
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.chat_turns import ChatReply


def show_reply(title: str, reply: ChatReply, *, explain: bool) -> None:
    """Print what a bot says: a bubble a line, the buttons with their numbers."""
    indent = " " * (len(title) + 2)
    for number, line in enumerate(reply.lines):
        bubble(title if number == 0 else "", indent, line)
    if reply.buttons:
        show(indent + "   ".join(f"[{i}] {one}" for i, one in enumerate(reply.buttons, 1)), style="cyan")
    if reply.handed_over:
        show(f"{indent}· a person takes over: {reply.handed_over}", style="yellow")
    if explain:
        for line in explained(reply):
            show(f"{indent}· {line}", style="dim")


def bubble(name: str, indent: str, text: str) -> None:
    """Print one bubble: the name once, the text beside it, broken between words."""
    import textwrap

    lines = [printable(text)]
    if is_terminal(sys.stdout):
        width = max(20, columns() - len(indent))
        lines = textwrap.wrap(lines[0], width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        head = f"{name}  " if name and number == 0 else indent
        if is_terminal(sys.stdout):
            from rich.text import Text

            console(sys.stdout).print(Text.assemble((head, "bold magenta"), line))
        else:
            show(f"{head}{line}")


def explained(reply: ChatReply) -> list[str]:
    """Return how a turn was taken, in sentences."""
    why = reply.why
    found = []
    if why.get("intent"):
        because = f", because of {why['because']!r}" if why.get("because") else ""
        found.append(f"intent {why['intent']} ({why['score']:.2f} by {why['how']}{because})")
        if why.get("near"):
            found.append(f"nearly as near: {why['near']}")
    elif why.get("how") not in (None, "", "nothing"):
        found.append(f"no intent: nearest is {why['because'] or 'nothing'!r} ({why['score']:.2f})")
    if why.get("took") not in (None, "", "intent", "greeting"):
        found.append(f"taken as {why['took']}")
    if why.get("verification"):
        found.append(str(why["verification"]))
    if why.get("answers"):
        found.append(f"answers {', '.join(why['answers'])}")
    if why.get("segments"):
        found.append(f"said because they are in {', '.join(why['segments'])}")
    if why.get("offers"):
        found.append(f"offer of {', '.join(why['offers'])}")
    moved = [f"+ {name}" for name in reply.entered] + [f"- {name}" for name in reply.left]
    if moved:
        found.append(f"segments now: {', '.join(moved)}")
    return found


def show_bots(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the bots."""
    show_table(
        ["bot", "title", "intents", "questions", "scripts", "version"],
        [[r["bot"], r["title"], r["intents"], r["questions"], r["scripts"], r["version"][:12]] for r in rows],
        empty="no bots yet: write bot: NAME into a file of segments/ and run segmentary apply",
    )


def show_conversations(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print conversations."""
    show_table(
        ["conversation", "bot", "channel", "customer", "last", "state"],
        [
            [r["conversation"], r["bot"], r["channel"], r["customer"] or "a visitor", r["last_at"], state(r)]
            for r in rows
        ],
        empty="no conversations yet",
    )


def state(row: Mapping[str, Any]) -> str:
    if row["ended_at"] is not None:
        return "ended"
    return "waits for a person" if row["handed_over_at"] is not None else "open"


def show_turns(title: str, turns: Sequence[Turn], summary: Sequence[str]) -> None:
    """Print a transcript."""
    for turn in turns:
        name = str(turn.detail.get("by", title)) if turn.direction == "out" else "they"
        for line in turn.text.split("\n"):
            show(f"{turn.happened_at:%Y-%m-%d %H:%M}  {name}  {printable(line)}")
    for one in summary:
        show(f"· {one}", style="dim")


def show_findings_of(name: str, found: Sequence[Finding]) -> None:
    """Print what was noticed."""
    show_table(
        ["", "what", "what to do"],
        [[one.level, one.message, one.hint] for one in found],
        empty=f"nothing to say against {name}",
    )


def show_trial(found: Any) -> None:
    """Print what a bot made of phrases."""
    unsure = percent(found.unsure / found.phrases) if found.phrases else None
    show(f"{plural(found.phrases, 'phrase')}: {found.told} told, {found.unclear} asked back, {found.unsure} cannot say")
    if found.judged:
        show(f"right of {found.judged} judged: {found.right}")
    if unsure is not None and found.confusions:
        show_table(["meant", "taken for", "phrases", "for example"], [list(one) for one in found.confusions])
    show_table(["phrase it cannot place"], [[one] for one in found.unplaced[:20]])
