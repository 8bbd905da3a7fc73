"""Every JSON document has the shape that docs/cli.md shows."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.interfaces.cli.accessed import ACCESSED, accessed_arguments, make_accessed
from tests.interfaces.cli.audienced import AUDIENCED, audienced_arguments, make_audienced
from tests.interfaces.cli.changing import CHANGING, changing_arguments, make_changing
from tests.interfaces.cli.chatting import CHATTING, chatting_arguments, make_chatting
from tests.interfaces.cli.discovered import DISCOVERED, discovered_arguments, make_discovered
from tests.interfaces.cli.experimented import EXPERIMENTED, experimented_arguments, make_experimented
from tests.interfaces.cli.journeying import JOURNEYING, journeying_arguments, make_journeying
from tests.interfaces.cli.messaging import MESSAGING, make_messaging, messaging_arguments
from tests.interfaces.cli.predicted import PREDICTED, make_predicted, predicted_arguments
from tests.interfaces.cli.resulted import RESULTED, make_resulted, resulted_arguments
from tests.interfaces.cli.sending import SENDING, make_sending, sending_arguments
from tests.interfaces.cli.shop import DOCUMENTS, call, document_arguments, make_shop
from tests.interfaces.cli.tailored import TAILORED, make_tailored, tailored_arguments
from tests.interfaces.cli.voiced import VOICED, make_voiced, voiced_arguments
from tests.pages import blocks

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cli.md"
# Objects whose keys are data: names of segments, reasons, columns.
KEYED_BY_DATA = {
    "offers",
    "details",
    "fallbacks",
    "entered_by_reason",
    "left_by_reason",
    "left_out",
    "refused_reasons",
    "sizes",
    "detail",
    "definition",
    "people",
    "mapping",
    "votes",
    "options",
    "counts",
    "expected",
    "winsorised_at",
    "asked",
    "outputs",
    "methods",
    "definitions",
    "states",
    "reasons",
    "origins",
    "channels",
    "withheld",
    "mails",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="module")
def discovered(tmp_path_factory):
    return make_discovered(tmp_path_factory.mktemp("discovered"))


@pytest.fixture(scope="module")
def experimented(tmp_path_factory):
    return make_experimented(tmp_path_factory.mktemp("experimented"))


@pytest.fixture(scope="module")
def tailored(tmp_path_factory):
    return make_tailored(tmp_path_factory.mktemp("tailored"))


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    return make_predicted(tmp_path_factory.mktemp("predicted"))


@pytest.fixture(scope="module")
def voiced(tmp_path_factory):
    return make_voiced(tmp_path_factory.mktemp("voiced"))


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    return make_changing(tmp_path_factory.mktemp("changing"))


@pytest.fixture(scope="module")
def chatting(tmp_path_factory):
    return make_chatting(tmp_path_factory.mktemp("chatting"))


@pytest.fixture(scope="module")
def messaging(tmp_path_factory):
    return make_messaging(tmp_path_factory.mktemp("messaging"))


@pytest.fixture(scope="module")
def journeying(tmp_path_factory):
    return make_journeying(tmp_path_factory.mktemp("journeying"))


@pytest.fixture(scope="module")
def audienced(tmp_path_factory):
    return make_audienced(tmp_path_factory.mktemp("audienced"))


@pytest.fixture(scope="module")
def resulted(tmp_path_factory):
    return make_resulted(tmp_path_factory.mktemp("resulted"))


@pytest.fixture(scope="module")
def accessed(tmp_path_factory):
    return make_accessed(tmp_path_factory.mktemp("accessed"))


@pytest.fixture(scope="module")
def sending(tmp_path_factory):
    return make_sending(tmp_path_factory.mktemp("sending"))


def shown(name):
    """The example of a command on the page."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## segmentary {name}\n")[2].partition("\n## ")[0]
    return json.loads(next(blocks(section, "json"))[1], parse_float=Decimal)


def shape(value, name=""):
    """What kind of value it is; for objects their keys, for lists the kind of their entries."""
    match value:
        case None:
            return None
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "text"
        case list():
            return [shape(value[0], name)] if value else []
        case dict() if name in KEYED_BY_DATA:
            return {}
    return {key: shape(part, key) for key, part in value.items()}


def same(first, second):
    """Whether two shapes agree; an empty list and a missing value agree with everything of their place."""
    if first is None or second is None:
        return True
    if isinstance(first, list) and isinstance(second, list):
        return not first or not second or same(first[0], second[0])
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    return first == second


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_the_shape_the_page_shows(shop, name):
    check(name, call(*document_arguments(name, shop)))


@pytest.mark.parametrize("name", DISCOVERED)
def test_a_document_about_found_segments_has_the_shape_the_page_shows(discovered, name):
    check(name, call(*discovered_arguments(name, discovered)))


@pytest.mark.parametrize("name", EXPERIMENTED)
def test_a_document_about_experiments_has_the_shape_the_page_shows(experimented, name):
    check(name, call(*experimented_arguments(name, experimented)))


@pytest.mark.parametrize("name", TAILORED)
def test_a_document_about_tailoring_has_the_shape_the_page_shows(tailored, name):
    check(name, call(*tailored_arguments(name, tailored)))


@pytest.mark.parametrize("name", PREDICTED)
def test_a_document_about_predictions_has_the_shape_the_page_shows(predicted, name):
    check(name, call(*predicted_arguments(name, predicted)))


@pytest.mark.parametrize("name", CHANGING)
def test_a_document_about_changing_segments_has_the_shape_the_page_shows(changing, name):
    check(name, call(*changing_arguments(name, changing)))


@pytest.mark.parametrize("name", JOURNEYING)
def test_a_document_about_journeys_has_the_shape_the_page_shows(journeying, name):
    check(name, call(*journeying_arguments(name, journeying)))


@pytest.mark.parametrize("name", MESSAGING)
def test_a_document_about_messages_has_the_shape_the_page_shows(messaging, name):
    check(name, call(*messaging_arguments(name, messaging)))


@pytest.mark.parametrize("name", CHATTING)
def test_a_document_about_chats_has_the_shape_the_page_shows(chatting, name):
    check(name, call(*chatting_arguments(name, chatting)))


@pytest.mark.parametrize("name", AUDIENCED)
def test_a_document_about_audiences_has_the_shape_the_page_shows(audienced, name):
    check(name, call(*audienced_arguments(name, audienced)))


@pytest.mark.parametrize("name", RESULTED)
def test_a_document_about_results_has_the_shape_the_page_shows(resulted, name):
    check(name, call(*resulted_arguments(name, resulted)))


@pytest.mark.parametrize("name", SENDING)
def test_a_document_about_sending_has_the_shape_the_page_shows(sending, name):
    check(name, call(*sending_arguments(name, sending)))


@pytest.mark.parametrize("name", VOICED)
def test_a_document_about_voices_has_the_shape_the_page_shows(voiced, name):
    check(name, call(*voiced_arguments(name, voiced)))


@pytest.mark.parametrize("name", ACCESSED)
def test_a_document_about_who_may_come_in_has_the_shape_the_page_shows(accessed, name):
    check(name, call(*accessed_arguments(name, accessed)))


def check(name, found):
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout, parse_float=Decimal)
    assert same(shape(document), shape(shown(name))), found.stdout
    assert found.stdout.endswith("}\n")


def test_every_reading_command_is_here():
    from tests.commands import commands, options

    readers = {name for name, command in commands() if "--json" in dict(options(command))}
    # The demo and the reports take longer and have tests of their own.
    assert readers - {
        *DOCUMENTS,
        *DISCOVERED,
        *CHANGING,
        *PREDICTED,
        *EXPERIMENTED,
        *TAILORED,
        *CHATTING,
        *JOURNEYING,
        *MESSAGING,
        *VOICED,
        *SENDING,
        *AUDIENCED,
        *RESULTED,
        *ACCESSED,
    } == {
        "demo",
        "report",
        "experiment report",
        "campaign report",
        "journey result",  # tests/workspace/test_journeys.py: its day is weeks ahead
        "predict report",
        "discover report",
        "dynamics report",
        "market report",
        "tailor report",
        "voices report",
    }
