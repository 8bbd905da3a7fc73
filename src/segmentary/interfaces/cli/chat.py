"""`segmentary chat`: talk to a bot, answer a webhook, read what was said."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from segmentary.errors import DataError, UsageError, WorkspaceLockedError
from segmentary.interfaces.cli.chat_shown import (
    show_bots,
    show_conversations,
    show_findings_of,
    show_reply,
    show_trial,
    show_turns,
)
from segmentary.interfaces.cli.output import plural, say, show, show_json
from segmentary.interfaces.cli.session import AsJson, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segmentary.workspace.chat_turns import ChatReply
    from segmentary.workspace.workspace import Workspace


class Talking(TyperGroup):
    """A group whose first word may be the name of a bot: then it is talked to."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``talk`` in front where no other command is named."""
        known = [*self.commands, "-h", "--help"]
        if not args or args[0] not in known:
            args = ["talk", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    help="Talk to a bot, answer a webhook, read what was said.",
    cls=Talking,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Bot = Annotated[str, typer.Argument(metavar="[BOT]", help="The bot (default: the only one there is).")]
PATIENCE = 150
"""Tries, a tenth of a second apart."""
DialectName = Literal["rasa", "dialogflow_v2", "dialogflow_v1", "plain"]


@app.command()
def talk(
    ctx: typer.Context,
    bot: Bot = "",
    customer: Annotated[str, typer.Option("--as", metavar="CUSTOMER", help="Talk as this customer, verified.")] = "",
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Say the lines of a file, - for standard input.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which intent, words, segment, answer and offer were used.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep nothing of what is said.")] = False,
    as_json: AsJson = False,
) -> None:
    """Talk to a bot. Without a customer you are a visitor, of whom nothing is known."""
    from segmentary.workspace.documents import trial

    with opened(ctx) as workspace:
        name = bot or only_bot(workspace)
        if dry_run:
            with trial(workspace.ledger):
                talked(workspace, name, customer, script, explain=explain, as_json=as_json)
            say("nothing of this was kept")
            return
        talked(workspace, name, customer, script, explain=explain, as_json=as_json)
        workspace.chats.load()


def talked(workspace: Workspace, bot: str, customer: str, script: Path | None, *, explain: bool, as_json: bool) -> None:
    """Go through one conversation."""
    chats = workspace.chats
    title = chats.get(bot).title
    conversation = chats.open(bot, "terminal", customer or None, verified=bool(customer))
    reply = chats.greet(conversation)
    found: list[dict[str, Any]] = [{"said": "", "reply": reply}]
    if not as_json:
        show_reply(title, reply, explain=explain)
    for line in lines_of(script):
        text = tapped(line, reply)
        if script is not None and not as_json:
            show(f"you  {text}", style="bold")
        reply = chats.say(conversation, text)
        found.append({"said": text, "reply": reply})
        if not as_json:
            show_reply(title, reply, explain=explain)
        if reply.ended:
            break
    if as_json:
        show_json({"conversation": conversation, "bot": bot, "customer": customer, "turns": found})


def lines_of(script: Path | None) -> Iterator[str]:
    """Yield what is said: the lines of a file, or what somebody types until they leave."""
    if script is not None:
        text = sys.stdin.read() if str(script) == "-" else read(script)
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
        return
    while True:
        try:
            line = input("you  ").strip()
        except EOFError:
            say()
            return
        if line:
            yield line


def tapped(line: str, reply: ChatReply) -> str:
    """Return what was meant: the number of a button is the button."""
    if reply.buttons and line.isdecimal() and 1 <= int(line) <= len(reply.buttons):
        return reply.buttons[int(line) - 1]
    return line


def read(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    UsageError
        when it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", hint="name a text file in UTF-8") from error


def only_bot(workspace: Workspace) -> str:
    from segmentary.workspace.chat_webhooks import only_bot as found

    return found(workspace.chats)


@app.command()
def webhook(
    ctx: typer.Context,
    dialect: Annotated[DialectName, typer.Option(help="In whose words the body is.")] = "plain",
    bot: Annotated[str, typer.Option(metavar="BOT", help="Which bot answers where the body names none.")] = "",
) -> None:
    """Answer the body of one webhook on standard input, in its own words, on standard output."""
    try:
        body = json.load(sys.stdin)
    except (ValueError, RecursionError) as error:
        raise DataError("standard input holds no JSON", hint="segmentary chat webhook < body.json") from error
    show_json(patiently(ctx, lambda workspace: workspace.chats.handle_webhook(body, dialect, bot=bot)))


def patiently(ctx: typer.Context, do: Callable[[Workspace], Any]) -> Any:
    """Do something as soon as no other process has the workspace: webhooks come several at once.

    Raises
    ------
    WorkspaceLockedError
        when another one has it for longer than `PATIENCE` tries.
    """
    import time

    for attempt in range(PATIENCE):
        try:
            with opened(ctx) as workspace:
                return do(workspace)
        except WorkspaceLockedError:
            if attempt == PATIENCE - 1:
                raise
            time.sleep(0.1)
    raise AssertionError("unreachable")


@app.command()
def bots(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the bots in force."""
    with opened(ctx) as workspace:
        found = [(workspace.chats.get(name), record) for name, record in workspace.chats.kept().items()]
    rows = [
        {
            "bot": bot.name,
            "title": bot.title,
            "intents": len(bot.intents),
            "questions": len(bot.questions),
            "scripts": len(bot.scripts),
            "version": record.version,
        }
        for bot, record in found
    ]
    if as_json:
        show_json({"bots": rows})
        return
    show_bots(rows)


@app.command()
def conversations(
    ctx: typer.Context,
    bot: Bot = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those a person is to take over.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many, the last spoken in first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List conversations."""
    with opened(ctx) as workspace:
        found = workspace.chats.conversations(bot, limit=limit if not waiting else 100_000)
    if waiting:
        found = [one for one in found if one.handed_over_at is not None and one.ended_at is None][:limit]
    rows = [
        {
            "conversation": one.conversation,
            "bot": one.bot,
            "channel": one.channel,
            "customer": one.customer_id,
            "started_at": one.started_at,
            "last_at": one.last_at,
            "handed_over_at": one.handed_over_at,
            "ended_at": one.ended_at,
        }
        for one in found
    ]
    if as_json:
        show_json({"conversations": rows})
        return
    show_conversations(rows)


@app.command("show")
def show_conversation(
    ctx: typer.Context,
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="Its id.")],
    as_json: AsJson = False,
) -> None:
    """Show what was said in a conversation, and what a colleague should know who takes it over."""
    with opened(ctx) as workspace:
        held = workspace.chats.conversation(conversation)
        title = workspace.chats.get(held.bot).title
        turns = workspace.chats.transcript(conversation)
        summary = workspace.chats.summary(conversation)
    if as_json:
        show_json({"conversation": held.conversation, "customer": held.customer_id, "summary": summary, "turns": turns})
        return
    show_turns(title, turns, summary)


@app.command()
def answer(
    ctx: typer.Context,
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="Its id.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you answer.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who answers, for the transcript.")] = "a colleague",
    back: Annotated[bool, typer.Option("--back", help="The bot goes on from there.")] = False,
) -> None:
    """Answer in a conversation that was handed over to a person."""
    with opened(ctx) as workspace:
        workspace.chats.answer(conversation, text, by=by, back=back)
    say("the bot goes on" if back else "answered")


@app.command()
def lint(ctx: typer.Context, bot: Bot = "", as_json: AsJson = False) -> None:
    """Look a bot over: what leads nowhere, what is said to nobody, what it should not ask."""
    with opened(ctx) as workspace:
        name = bot or only_bot(workspace)
        found = workspace.chats.lint(name)
    if as_json:
        show_json({"bot": name, "findings": found})
        return
    show_findings_of(name, found)


@app.command("try")
def try_phrases(
    ctx: typer.Context,
    phrases: Annotated[Path, typer.Argument(metavar="FILE", help="One phrase a line; intent, tab, phrase to judge.")],
    bot: Annotated[str, typer.Option(metavar="BOT", help="The bot (default: the only one there is).")] = "",
    as_json: AsJson = False,
) -> None:
    """Try phrases on a bot: how many it understands, and what it takes for what."""
    lines = [line for line in read(phrases).splitlines() if line.strip()]
    with opened(ctx) as workspace:
        found = workspace.chats.try_phrases(bot or only_bot(workspace), lines)
    if as_json:
        show_json(found)
        return
    show_trial(found)


@app.command()
def load(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring what was said into the warehouse, and end conversations in which nothing was said for long."""
    with opened(ctx) as workspace:
        ended = workspace.chats.close_silent()
        loaded = workspace.chats.load()
    if as_json:
        show_json({"turns": loaded, "ended": ended})
        return
    show(f"{plural(loaded, 'turn')} loaded, {plural(ended, 'silent conversation')} ended")


@app.command()
def token(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Who is signed in on your page.")],
) -> None:
    """Sign a token by which your page says who is logged in; it is good for 15 minutes."""
    with opened(ctx) as workspace:
        show(workspace.chats.token(customer))
