"""R19: templates and values that attack get nothing, cost little, and leave the parent unharmed."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.activation.template_attacks import DOS, SSTI, VALUES

from segmentary.activation.rendering import Failed, Made, Renderer, TemplateError, message_id

PLACES = [
    (("name",), "text"),
    (("offer",), "offer"),
    (("suggestions",), "plain"),
    (("amount",), "number"),
    (("born",), "date"),
    (("seen",), "time"),
]
ROW = [
    "Ann",
    {"id": "a.b", "words": "Ten off.", "code": "C1", "value": "5", "until": "2026-03-15T22:59:59+00:00"},
    [{"name": "Boots", "reason": "you like them"}],
    "1234.5",
    "1990-01-02",
    "2026-03-01T23:30:00+00:00",
]
LEAKS = ("<class", "<function", "<module", "<built-in", "object at 0x", "/home", "PATH=", "root:", "site-packages")


@pytest.fixture(scope="module")
def renderer():
    with Renderer(zone="Europe/Berlin", currency="EUR", languages=["en", "de"]) as made:
        yield made


def one(renderer, source, *, part="text", row=ROW, **options):
    plan = renderer.compile({part: source}, PLACES, **options)
    return next(iter(renderer.render(plan, [row])))


def outcome(renderer, source, part):
    try:
        return one(renderer, source, part=part)
    except TemplateError as error:
        return error


def peak_megabytes(renderer):
    if renderer.process is None or renderer.process.poll() is not None:
        return 0
    lines = Path(f"/proc/{renderer.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def test_what_marketers_write(renderer):
    made = one(
        renderer,
        "Hi {{ name | upcase }}: {{ amount | money }}, {{ 0.25 | percent }}, {{ amount | number: 1 }}, {{ born }},"
        " {{ seen | date: '%A %d %B %H:%M' }}, {% if offer %}{{ offer.words }} "
        "{{ offer.until | date: '%d/%m' }}{% endif %}"
        "{% for s in suggestions %} {{ s.name }}{% endfor %}",
    )
    assert made.text == ("Hi ANN: €1,234.50, 25%, 1,234.5, Jan 2, 1990, Monday 02 March 00:30, Ten off. 15/03 Boots")
    assert one(renderer, "{{ amount | money }} {{ born | date: '%d. %B %Y' }}", language="de").text == (
        "1.234,50\u00a0€ 02. Januar 1990"
    )


def test_what_is_missing_is_replaced_asked_for_or_an_error_with_its_line(renderer):
    nothing = [None] * len(ROW)
    made = one(
        renderer,
        "{{ name | default: 'you' }}{% if amount %}x{% endif %}{{ name | upcase | default: '!' }}",
        row=nothing,
    )
    assert (made.text, made.missed) == ("you!", ("name",))
    made = one(renderer, "{{ name }}", row=["  ", *nothing[1:]], fallbacks={"name": "friend"})
    assert (made.text, made.missed) == ("friend", ("name",))
    assert one(renderer, "a\nb {{ name }}", row=nothing) == Failed("name has no value and no fall-back", "text", 2)
    assert isinstance(one(renderer, "{% if amount > 5 %}x{% else %}y{% endif %}", row=nothing), Made)


@pytest.mark.parametrize("source", ["{{ name | nope }}", "{% include 'x' %}", "a\n{{ name ", "{% for %}"])
def test_what_is_no_liquid_of_ours_says_where(renderer, source):
    with pytest.raises(TemplateError) as error:
        renderer.compile({"text": source})
    assert error.value.part == "text"


def test_values_are_never_templates(renderer):
    plan = renderer.compile({"subject": "{{ name }}", "text": "Hi {{ name }}", "html": "<p>{{ name }}</p>"}, PLACES)
    for value in VALUES:
        before = time.monotonic()
        made = next(iter(renderer.render(plan, [[value, *ROW[1:]]])))
        assert time.monotonic() - before < 2
        assert isinstance(made, Failed) or "49" not in made.subject
    for value in SSTI:
        made = next(iter(renderer.render(plan, [[value, *ROW[1:]]])))
        assert isinstance(made, Made)
        assert made.text.split() == f"Hi {value}".split()


@pytest.mark.parametrize("part", ["text", "html"])
def test_templates_reach_no_attribute_file_or_environment(renderer, part):
    assert len(SSTI) >= 100
    for source in SSTI:
        found = outcome(renderer, source, part)
        said = str(found) if not isinstance(found, Made) else found.subject + found.text + found.html
        assert not any(leak in said for leak in LEAKS), source
        if isinstance(found, Made) and "7*" in source and "{{" in source:
            assert "49" not in found.text


def test_templates_that_want_too_much_are_stopped(renderer):
    renderer.started()
    base = peak_megabytes(renderer)
    for number, source in enumerate(DOS):
        before = time.monotonic()
        outcome(renderer, source, "html" if number % 2 else "text")
        # A second of its own, and the time a busy machine takes to start another child.
        assert time.monotonic() - before < 4, source[:60]
        assert peak_megabytes(renderer) - base <= 64, source[:60]
    assert one(renderer, "still here, {{ name }}").text == "still here, Ann"


def test_one_that_kills_the_child_fails_and_the_others_go_on(renderer):
    source = (
        "{% if name == 'bad' %}{% for i in (1..999) %}{% for j in (1..5) %}{% assign x = big | join | upcase | strip %}"
        "{% endfor %}{% endfor %}{% endif %}ok {{ name }}"
    )
    plan = renderer.compile({"text": source}, [*PLACES, (("big",), "list")])
    big = ["y" * 500] * 900
    rows = [["bad" if n == 3 else f"p{n}", *ROW[1:], big] for n in range(8)]
    found = list(renderer.render(plan, rows))
    assert [isinstance(one, Failed) for one in found] == [n == 3 for n in range(8)]
    assert found[7].text == "ok p7"


def test_a_child_that_dies_is_replaced(renderer):
    renderer.started()
    renderer.process.kill()
    assert one(renderer, "{{ name }}").text == "Ann"


CAGED = """
import sys
sys.path.append(sys.argv[1])
import os, socket
from segmentary.activation import rendering_child as child
child.close_the_cage()
tried = {
    "environment": lambda: 1 / len([k for k in os.environ if not k.startswith("LC_")]),
    "file": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/x", "w"),
    "socket": lambda: socket.socket(),
    "memory": lambda: bytearray(200_000_000),
}
for name, attempt in tried.items():
    try:
        attempt()
        print("could", name)
    except (OSError, MemoryError, ZeroDivisionError):
        print("could not", name)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_the_cage_holds():
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-I", "-c", CAGED, source], env={}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.count("could not") == 5, done.stdout + done.stderr


def test_ids_of_messages_are_the_same_again_and_safe_everywhere():
    assert message_id("autumn-1", "c7") == message_id("autumn-1", "c7")
    ids = {
        message_id(origin, who, step)
        for origin in ("a-1", "journey:x")
        for who in ("c7", "c\r\n8")
        for step in ("", "s")
    }
    assert len(ids) == 8
    assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.") for one in ids)
