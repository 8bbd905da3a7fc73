"""An optional language model that may say approved texts in other words; off unless ``[channels.rephrase]`` is set."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.rephrasing import INSTRUCTION
from segmentary.activation.chat.saying import Line, rephrased

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

log = logging.getLogger(__name__)
SETTING = "rephrase"
Model = Callable[[str], str]


class Rephrasing:
    """Asks the model where there is one; whatever goes wrong, the approved text is said.

    model : takes an approved text with placeholders, returns other words; None: what the settings say.
    """

    def __init__(self, workspace: Workspace, model: Model | None = None) -> None:
        self.workspace = workspace
        self.model = model

    def line(self, bot: Bot, given: Line) -> Line:
        """Return a line in other words, if they pass every check."""
        setting = self.workspace.settings.channels.get(SETTING)
        model = self.model
        if model is None and setting:
            model = self.asking(setting)
        if model is None:
            return given
        try:
            return rephrased(bot, given, model)
        except Exception as error:
            log.warning("not rephrased", extra={"answer": given.answer, "error": type(error).__name__})
            return given

    def asking(self, setting: Mapping[str, Any]) -> Model:
        """Return the model of an address that speaks like OpenAI's."""

        def ask(text: str) -> str:
            return completion(setting, text)

        return ask


def completion(setting: Mapping[str, Any], text: str) -> str:
    """Return what a chat completion makes of a text."""
    raise NotImplementedError(INSTRUCTION + text + str(setting))
