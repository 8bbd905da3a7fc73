"""Customer segmentation: raw customer files in, explained segments out.

The names below are loaded when first used, so that ``import segmentary`` stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

ALIASES = {
    "open": "segmentary.workspace.opening:open_workspace",
    "init": "segmentary.workspace.opening:init_workspace",
    "Workspace": "segmentary.workspace.workspace:Workspace",
    "RFM": "segmentary.models.rfm:RFM",
    "SegmentaryError": "segmentary.errors:SegmentaryError",
    "trait": "segmentary.language.python:trait",
    "events": "segmentary.language.python:events",
    "prop": "segmentary.language.python:prop",
    "segment": "segmentary.language.python:segment",
    "members_of": "segmentary.language.python:members_of",
    "sample": "segmentary.language.python:sample",
    "top": "segmentary.language.python:top",
    "bottom": "segmentary.language.python:bottom",
    "define_segment": "segmentary.language.python:define_segment",
    "define_trait": "segmentary.language.python:define_trait",
    "ids": "segmentary.language.python:ids",
    "all_of": "segmentary.language.python:all_of",
    "any_of": "segmentary.language.python:any_of",
    "sequence": "segmentary.language.python:sequence",
    "step": "segmentary.language.python:step",
    "no": "segmentary.language.python:no",
    "sessions": "segmentary.language.python:sessions",
    "related": "segmentary.language.python:related",
    "near": "segmentary.language.python:near",
    "consent": "segmentary.language.python:consent",
    "model": "segmentary.language.python:model",
    "fact": "segmentary.language.python:fact",
    "define_segmentation": "segmentary.language.python:define_segmentation",
    "part": "segmentary.language.python:part",
    "last": "segmentary.language.python:last",
    "previous": "segmentary.language.python:previous",
    "end_of": "segmentary.language.python:end_of",
}

__all__ = [
    "RFM",
    "SegmentaryError",
    "Workspace",
    "__version__",
    "all_of",
    "any_of",
    "bottom",
    "consent",
    "define_segment",
    "define_segmentation",
    "define_trait",
    "end_of",
    "events",
    "fact",
    "ids",
    "init",
    "last",
    "members_of",
    "model",
    "near",
    "no",
    "open",
    "part",
    "previous",
    "prop",
    "related",
    "sample",
    "segment",
    "sequence",
    "sessions",
    "step",
    "top",
    "trait",
]

if TYPE_CHECKING:
    from segmentary.errors import SegmentaryError
    from segmentary.language.python import (
        all_of,
        any_of,
        bottom,
        consent,
        define_segment,
        define_segmentation,
        define_trait,
        end_of,
        events,
        fact,
        ids,
        last,
        members_of,
        model,
        near,
        no,
        part,
        previous,
        prop,
        related,
        sample,
        segment,
        sequence,
        sessions,
        step,
        top,
        trait,
    )
    from segmentary.models.rfm import RFM
    from segmentary.workspace.opening import init_workspace as init
    from segmentary.workspace.opening import open_workspace as open  # noqa: A004
    from segmentary.workspace.workspace import Workspace


def __getattr__(name: str) -> Any:
    if name not in ALIASES:
        raise AttributeError(f"module 'segmentary' has no attribute {name!r}")
    module, _, attribute = ALIASES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
