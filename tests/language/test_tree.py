import dataclasses
import pickle
from typing import get_args

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language import tree
from segmentary.language.walk import walk

NODES = [n for n in vars(tree).values() if isinstance(n, type) and dataclasses.is_dataclass(n)]


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_nodes_are_frozen_and_small(node):
    assert node.__dataclass_params__.frozen
    assert not hasattr(node, "__dict__") or "__slots__" in vars(node)


def test_every_node_belongs_to_a_family():
    families = {*get_args(tree.Rule), *get_args(tree.Value), *get_args(tree.Window), *get_args(tree.Definition)}
    inside = {tree.Duration, tree.EventFilter, tree.Step, tree.Binding, tree.Part, tree.Context}
    assert set(NODES) - families == inside


@given(definition=definitions())
def test_trees_are_values(definition):
    """Equal trees are one key of a dictionary, and survive a trip to another process."""
    again = pickle.loads(pickle.dumps(definition))
    assert again == definition
    assert hash(again) == hash(definition)
    assert not any(isinstance(value, float) for node in walk(definition) for value in vars_of(node))


def vars_of(node) -> list[object]:
    return [getattr(node, field.name) for field in dataclasses.fields(node)]
