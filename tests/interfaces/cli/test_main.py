"""The frame of the command line: exit codes, messages, options before the command."""

import pytest
import typer
from tests.commands import commands
from typer.testing import CliRunner

from segmentary.errors import NoAnswerError, SegmentaryError, UsageError
from segmentary.interfaces.cli import main
from segmentary.interfaces.cli.main import COMMANDS, app

RUN = CliRunner()


def call(*arguments, **more):
    return RUN.invoke(app, [str(a) for a in arguments], prog_name="segmentary", **more)


def failing(error):
    broken = typer.Typer()

    @broken.command()
    def fail() -> None:
        raise error

    return broken


@pytest.fixture
def broken(monkeypatch):
    """`segmentary doctor` fails with the error given."""

    def install(error):
        from segmentary.interfaces.cli import doctor

        monkeypatch.setattr(doctor, "app", failing(error))

    return install


def test_every_command_has_one_line_of_help():
    text = call("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text
    assert "..." not in text.split("Commands:")[1], "a line of help is cut"


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_has_help(name):
    found = call(*name.split(), "--help")
    assert found.exit_code == 0
    assert f"segmentary {name}" in found.stdout


def test_version():
    from segmentary import __version__

    assert call("--version").stdout == f"segmentary {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [["nothing"], ["--nothing"], ["doctor", "--nothing"], ["segment", "nothing"], ["segment", "count"], ["add"]],
)
def test_wrong_usage_is_2(arguments):
    found = call(*arguments)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr


def test_a_near_command_is_offered():
    assert "segment" in call("segmnt").stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SegmentaryError("it is broken", hint="mend it"), 1),
        (NoAnswerError("cannot say"), 1),
        (UsageError("no such thing"), 2),
        (OSError(28, "No space left on device"), 1),
        (KeyboardInterrupt(), 130),
        (ValueError("a defect"), 1),
        (RuntimeError("a defect"), 1),
    ],
)
def test_every_error_is_a_message_and_an_exit_code(broken, error, code):
    broken(error)
    found = call("doctor")
    assert found.exit_code == code
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    assert found.stderr.strip()


def test_an_interruption_says_that_nothing_was_changed(broken):
    broken(KeyboardInterrupt())
    assert call("doctor").stderr == "stopped; nothing was changed\n"


def test_an_interrupted_database_is_an_interruption(broken, monkeypatch):
    monkeypatch.setattr(main, "stopped_by_hand", False)
    with pytest.raises(KeyboardInterrupt):
        main.on_interrupt(2, None)
    broken(RuntimeError("Query interrupted"))
    found = call("doctor")
    assert (found.exit_code, found.stderr) == (130, "stopped; nothing was changed\n")


def test_a_defect_says_how_to_report_it(broken):
    broken(ValueError("seven"))
    text = call("doctor").stderr
    assert "defect in segmentary: ValueError: seven" in text
    assert "--debug" in text


@pytest.mark.parametrize("error", [SegmentaryError("it is broken"), ValueError("seven"), OSError("eight")])
def test_debug_shows_the_traceback(broken, error):
    broken(error)
    found = call("--debug", "doctor")
    assert found.exception is error


def test_no_workspace_here_says_how_to_make_one(tmp_path):
    found = call("-w", tmp_path / "none", "segment", "list")
    assert found.exit_code == 2
    assert "segmentary init" in found.stderr


def test_main_is_the_installed_command():
    assert callable(main.main)
