"""Commands in a server give what they give without one: every byte of standard output, and the exit code."""

import contextlib
import io
import json
import os
import sys
import threading

import pytest
import typer
import uvicorn

import segmentary as sg
from segmentary.interfaces.cli.afar import Routed, routed
from segmentary.interfaces.cli.answering import READING, Commands
from segmentary.interfaces.cli.handing_over import handed_over
from segmentary.interfaces.cli.main import COMMANDS, app
from segmentary.interfaces.cli.stopping import by_hand
from segmentary.interfaces.http.local import HEADER, LocalCommands
from segmentary.workspace.opening import open_workspace
from segmentary.workspace.serving import Serving

TABLE = (
    "segment list",
    "segment show loyal",
    "segment waterfall loyal --json",
    "segment people loyal --limit 3",
    "segment people nobody",
    "segment explain loyal --customer c1",
    "segment overlap --json",
    "segment export loyal out/members.csv --json",
    "segment validate ../defs",
    "segment nonsense",
    "segment people loyal --limit x",
    "traits --json",
    "quality",
    "sales --json",
    "retention",
    "apply ../defs --dry-run",
    "add ../orders.csv --dry-run --json",
    "add missing.csv",
    "compare order_count --by loyal",
    "frobnicate",
    "run --as-of yesterday",
)
"""Reading, changing, refused; files named from where one stands."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a workspace, definitions and a folder to stand in."""
    folder = tmp_path_factory.mktemp("commands")
    rows = [f"o{n},c{n % 7},2026-01-{n % 27 + 1:02d}T10:15:00,{n % 9}.50" for n in range(80)]
    (folder / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n")
    (folder / "defs").mkdir()
    (folder / "here" / "out").mkdir(parents=True)
    (folder / "defs" / "loyal.yaml").write_text("segment: loyal\nwhere: {trait: order_count, gte: 12}\n")
    with sg.init(folder / "shop") as workspace:
        workspace.add(folder / "orders.csv", name="orders")
        workspace.apply(folder / "defs")
        workspace.run(as_of="2026-02-01")
    return folder


@contextlib.contextmanager
def standing_in(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def heard(name, into):
    """Hear what this side prints; what commands of the other side print goes where it goes."""
    stream = getattr(sys, name)
    if not isinstance(stream, Routed):
        with getattr(contextlib, f"redirect_{name}")(into):
            yield
        return
    before, stream.own = stream.own, into
    try:
        yield
    finally:
        stream.own = before


def said(line):
    """What a command prints, and its exit code."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with heard("stdout", out), heard("stderr", err):
        try:
            app(args=["-w", "../shop", *line.split()], prog_name="segmentary")
        except SystemExit as end:
            code = end.code or 0
    return out.getvalue(), code, err.getvalue()


@contextlib.contextmanager
def serving_commands(folder, run=None):
    """A server that only runs commands."""
    with open_workspace(folder) as workspace:
        serving = Serving(workspace)
        serving.start()
        commands = Commands(serving, folder, run or (lambda args: app(args=list(args), prog_name="segmentary")))
        site = LocalCommands(None, commands, "a token")
        server = uvicorn.Server(uvicorn.Config(site, port=0, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        with routed():
            thread.start()
            while not server.started:
                threading.Event().wait(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            known = {"host": "127.0.0.1", "port": port, "token": "a token"}
            (folder / ".server.json").write_text(json.dumps(known))
            try:
                yield serving, commands, known
            finally:
                (folder / ".server.json").unlink()
                commands.close()
                server.should_exit = True
                thread.join(10)
                serving.close()


def test_every_command_says_the_same(place):
    with standing_in(place / "here"):
        alone = {line: said(line) for line in TABLE}
        with serving_commands(place / "shop") as (serving, _, _):
            begun = {line: said(line) for line in TABLE}
            # With no other process in the way they would have run here: that they did not is what this shows.
            assert serving.made
    for line in TABLE:
        assert begun[line][:2] == alone[line][:2], line
        assert begun[line][2] == alone[line][2], line
    assert {code for _, code, _ in alone.values()} == {0, 1, 2}


def test_what_is_typed_reaches_the_command(place, monkeypatch):
    def run(arguments):
        assert typer.confirm("sure?", err=True)
        line = sys.stdin.readline()
        rest = sys.stdin.read()
        sys.stdout.write(json.dumps([line, rest, sys.stdin.isatty(), sys.stdout.isatty(), list(arguments)]))
        sys.exit(7)

    monkeypatch.setattr(sys, "stdin", io.StringIO("y\nfirst\nsecond\nthird"))
    with standing_in(place / "here"), serving_commands(place / "shop", run):
        out = io.StringIO()
        with heard("stdout", out):
            assert handed_over(place / "shop", ["one", "two"]) == 7
    assert json.loads(out.getvalue()) == ["first\n", "second\nthird", False, False, ["one", "two"]]


def test_ctrl_c_stops_a_command_that_waits_for_its_turn(place):
    with serving_commands(place / "shop") as (serving, commands, _), serving.changing():
        wish = {
            "arguments": ["-w", str(place / "shop"), "run"],
            "cwd": str(place),
            "folder": "shop",
            "settings": {},
            "environment": {},
            "terminal": [],
        }
        name, frames = commands.begin(wish)
        found = [frames.get()]
        commands.press(name)
        while (frame := frames.get()) is not None:
            found.append(frame)
    assert found[-1] == {"exit": 130}
    assert {"err": "stopped; nothing was changed"} in found


def test_a_command_that_hears_ctrl_c_itself_ends_as_it_likes(place):
    def run(arguments):
        with by_hand() as stop:
            sys.stdout.write("sending\n")
            while not stop():
                threading.Event().wait(0.01)
            sys.stdout.write("stopped between two messages\n")

    with serving_commands(place / "shop", run) as (_, commands, _):
        wish = {"arguments": [], "cwd": "/", "folder": ".", "settings": {}, "environment": {}, "terminal": []}
        name, frames = commands.begin(wish)
        assert [frames.get(), frames.get()] == [{"begun": name}, {"out": "sending\n"}]
        commands.press(name)
        found = list(iter(frames.get, None))
    assert found[-2:] == [{"out": "stopped between two messages\n"}, {"exit": 0}]


def test_strangers_run_nothing(place):
    import http.client

    with serving_commands(place / "shop") as (_, _, known):
        for headers in ({}, {HEADER: "another"}, {HEADER: "a token", "origin": "http://evil"}):
            connection = http.client.HTTPConnection(known["host"], known["port"])
            connection.request("POST", "/local/commands", "{}", headers)
            assert connection.getresponse().status == 404
            connection.close()
        for body in ("", "[]", "{}", '{"arguments": 1}', "[" * 100_000):
            connection = http.client.HTTPConnection(known["host"], known["port"])
            connection.request("POST", "/local/commands", body, {HEADER: "a token"})
            assert connection.getresponse().status in (400, 409)
            connection.close()


def test_a_file_of_a_killed_server_is_no_server(place, tmp_path):
    (tmp_path / ".server.json").write_text(json.dumps({"host": "127.0.0.1", "port": 9, "token": "x"}))
    assert handed_over(tmp_path, ["segment", "list"]) is None
    assert not (tmp_path / ".server.json").exists()
    (tmp_path / ".server.json").write_text("half a fi")
    assert handed_over(tmp_path, ["segment", "list"]) is None


def test_reading_commands_are_commands():
    assert {name.partition(".")[0] for name in READING} <= set(COMMANDS)
    for name in READING:
        group, _, below = name.partition(".")
        command = app_command(group)
        assert not below or below in command.commands, name


def app_command(name):
    return typer.main.get_command(app).get_command(None, name)


def test_streams_of_this_process_stay_its_own():
    own = io.StringIO()
    stream = Routed("stdout", own)
    stream.write("here")
    assert own.getvalue() == "here"
