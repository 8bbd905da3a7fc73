"""An optional language model that may say approved texts in other words; off unless ``[channels.rephrase]`` is set."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.rephrasing import INSTRUCTION
from segmentary.activation.chat.saying import Line, rephrased
from segmentary.errors import SettingsError

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

log = logging.getLogger(__name__)
SETTING = "rephrase"
PASSWORD = "SEGMENTARY_CHANNEL_REPHRASE_PASSWORD"  # noqa: S105 - the name of the variable
PAUSE = dt.timedelta(minutes=1)
SECONDS = 4.0
"""After this long the approved text is said."""
Model = Callable[[str], str]


class Rephrasing:
    """Asks the model where there is one; whatever goes wrong, the approved text is said.

    model : takes an approved text with placeholders, returns other words; None: what the settings say.
    """

    def __init__(self, workspace: Workspace, model: Model | None = None) -> None:
        self.workspace = workspace
        self.model = model
        self.quiet_until: dt.datetime | None = None

    def line(self, bot: Bot, given: Line) -> Line:
        """Return a line in other words, if they pass every check."""
        setting = self.workspace.settings.channels.get(SETTING)
        model = self.model
        if model is None and setting:
            model = self.asking(setting)
        # What an offer promises is said as it was approved.
        if model is None or given.offer:
            return given
        now = self.workspace.tick()
        if self.quiet_until is not None and now < self.quiet_until:
            return given
        try:
            return rephrased(bot, given, model)
        except Exception as error:
            # Nobody waits for a model that is not there, line after line.
            self.quiet_until = now + PAUSE
            log.warning("not rephrased", extra={"answer": given.answer, "error": type(error).__name__})
            return given

    def asking(self, setting: Mapping[str, Any]) -> Model:
        """Return the model of an address that speaks like OpenAI's."""

        def ask(text: str) -> str:
            return completion(setting, text)

        return ask


def completion(setting: Mapping[str, Any], text: str) -> str:
    """Return what a chat completion makes of a text; it is sent nothing else.

    Raises
    ------
    SettingsError
        when the setting lacks an address or a model.
    OSError
        when there was no answer in time, or a broken one.
    """
    from segmentary.activation.channels.guarded import Guard, GuardedClient

    base, model = str(setting.get("base_url", "")), str(setting.get("model", ""))
    if not base or not model:
        raise SettingsError("[channels.rephrase] needs base_url and model", hint='base_url = "https://.../v1"')
    asked = {
        "model": model,
        "messages": [{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": text}],
        "temperature": 0,
        "max_tokens": 2 * len(text.split()) + 60,
    }
    headers = {"content-type": "application/json"}
    if secret := os.environ.get(PASSWORD):
        headers["authorization"] = f"Bearer {secret}"
    client = GuardedClient(Guard(allow_private=bool(setting.get("allow_private", False))), seconds=SECONDS)
    try:
        answer = client.post(f"{base.rstrip('/')}/chat/completions", json.dumps(asked).encode(), headers)
    finally:
        client.close()
    if answer.status != 200:
        raise OSError(f"the model answered {answer.status}")
    return str(json.loads(answer.body)["choices"][0]["message"]["content"])
