"""MBG/NBD: BG/NBD where a customer may leave after the first purchase, too.

So a customer who bought once is not alive for certain, which is what people expect of P(alive).

References: Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models for customer base
analysis, International Journal of Research in Marketing 24(3).
"""

from __future__ import annotations

from typing import ClassVar

from segmentary.models.value.bg_nbd import BetaGeo


class ModifiedBetaGeo(BetaGeo):
    """MBG/NBD: parameters ``r``, ``alpha`` (time), ``a``, ``b``. See `LifetimeModel` for what is learnt."""

    kind: ClassVar[str] = "mbg_nbd"
    modified: ClassVar[int] = 1
