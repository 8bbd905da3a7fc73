"""What is said of a message that is not saved: its variables, its findings, or where it is wrong."""

from __future__ import annotations

import pytest
from tests.workspace.chat_shop import Clock, ready

from segmentary.activation.templates import Message, Variant
from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor
from segmentary.workspace.message_looking import kept_messages, looked_at, nameable


def test_a_text_is_read_without_being_kept(tmp_path):
    with ready(tmp_path, Clock()) as shop:
        name = next(one for one in nameable(shop) if one != "email")
        found = looked_at(
            shop, Message("draft", (Variant("a", "Hello", text=f"{{{{ {name} }}}} {{{{ offer.words }}}}"),))
        )
        assert [(one.variable, one.trait) for one in found.variables if one.trait] == [(name, name)]
        assert any(one.code == "no_unsubscribe" for one in found.findings)
        assert kept_messages(shop) == []
        with pytest.raises(DefinitionError, match="upcasee"):
            looked_at(shop, Message("draft", (Variant("a", text="{{ x | upcasee }}"),)))
        shop.messages.apply(Cursor({"message": "kept", "text": "Hello"}))
        assert [one.name for one in kept_messages(shop)] == ["kept"]
