"""The gate every message passes at the moment it leaves: consent, suppression, caps, quiet hours."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from segmentary.activation.audience import Reason


class Gate(Protocol):
    """What a sender asks before every single message, for one channel and one purpose."""

    def verdict(self, customer_id: str, address: str, at: dt.datetime) -> Reason | None:
        """Return why a person must not be written to at a moment; None when they may.

        The reasons are those from ``deleted`` to ``capped`` in the order of `REASONS`, then ``quiet``, which only
        delays. Decisions and suppressions another process took down are seen at once.
        """
        ...

    def resumes(self, customer_id: str, at: dt.datetime) -> dt.datetime | None:
        """Return the instant the quiet hours around a moment end where the person lives; None when it is not quiet."""
        ...


def allowed(standing: tuple[str, bool] | None, live: tuple[str, bool] | None, *, consent_needed: bool) -> Reason | None:
    """Return what decisions say of a purpose and channel: ``refused``, ``no_consent``, or nothing against it.

    standing, live : when (`instant_text`; empty: undated) and what was decided, as the warehouse and as the ledger know
    it. The later counts; of one instant the refusal. Without any, consent is missing where it is needed.

    >>> allowed(("2026-01-01", True), ("2026-01-02", False), consent_needed=True)
    'refused'
    >>> allowed(None, None, consent_needed=True), allowed(None, None, consent_needed=False)
    ('no_consent', None)
    """
    known = [one for one in (standing, live) if one is not None]
    if not known:
        return "no_consent" if consent_needed else None
    newest = max(at for at, _ in known)
    return None if all(granted for at, granted in known if at == newest) else "refused"
