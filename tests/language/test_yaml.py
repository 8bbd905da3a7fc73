from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language.version import version
from segmentary.language.yaml import dump_yaml, parse_document, parse_yaml, to_document


@given(definition=definitions(segments=("gold", "silver@x")))
def test_yaml_and_documents_bring_back_the_same_tree_and_hash(definition):
    text = dump_yaml([definition])
    (parsed,) = parse_yaml(text)
    assert parsed.definition == definition
    assert parse_document(to_document(definition)) == definition
    assert version(parsed.definition) == version(definition)
    assert dump_yaml([parsed.definition]) == text
