"""Make a workspace, or open one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segmentary.errors import EngineError
from segmentary.settings import Settings, checked, read_settings, unknown_setting
from segmentary.workspace.clock import Clock, system_clock
from segmentary.workspace.folder import Folder
from segmentary.workspace.rebuilding import log_of
from segmentary.workspace.workspace import Workspace


def open_workspace(
    folder: str | Path = ".", *, clock: Clock = system_clock, environment: Mapping[str, str] | None = None, **flags: Any
) -> Workspace:
    """Open a workspace; use it in a ``with`` block, or call ``close``.

    Raises
    ------
    UsageError
        when the folder is no workspace.
    WorkspaceLockedError
        when another process has it.
    """
    place = Folder(Path(folder))
    place.check()
    variables = os.environ if environment is None else environment
    return Workspace(place, read_settings(place.root, flags=flags, environment=variables), clock=clock)


def open_to_rebuild(
    folder: str | Path = ".", *, clock: Clock = system_clock, environment: Mapping[str, str] | None = None
) -> Workspace:
    """Open a workspace whose warehouse is to be made again: one that cannot be opened is set aside.

    Raises
    ------
    EngineError
        when a new warehouse cannot be made either.
    """
    try:
        return open_workspace(folder, clock=clock, environment=environment)
    except EngineError:
        warehouse = Folder(Path(folder)).warehouse
        log, aside = log_of(warehouse), warehouse.with_name("warehouse.damaged.duckdb")
        if not warehouse.exists():
            raise
        warehouse.replace(aside)
        if log.exists():
            log.replace(log_of(aside))
    return open_workspace(folder, clock=clock, environment=environment)


def init_workspace(
    folder: str | Path, *, clock: Clock = system_clock, environment: Mapping[str, str] | None = None, **settings: Any
) -> Workspace:
    """Make a workspace folder and open it. Settings such as ``currency="GBP"`` are written to its file.

    Raises
    ------
    WorkspaceError
        when the folder is a workspace already.
    SettingsError
        when a setting is unknown or has no meaning.
    """
    place = Folder(Path(folder))
    unknown = settings.keys() - set(Settings.__dataclass_fields__)
    if unknown:
        raise unknown_setting(sorted(unknown)[0], "init")
    place.make(checked({name: value for name, value in settings.items() if value is not None}))
    # The file does not hold the warehouse's password; this once it is known.
    return open_workspace(folder, clock=clock, environment=environment, warehouse=settings.get("warehouse"))
