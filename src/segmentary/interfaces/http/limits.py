"""How often somebody may ask; counted in memory, by key, user or address."""

from __future__ import annotations

from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter


@dataclass
class Limits:
    """How often.

    known : requests of one user or key.  stranger : of one address nobody has signed in from.
    signing_in : attempts of one address at passwords and setup secrets.  one_user : attempts at one user's password.
    """

    known: str = "5000 per 10 seconds"
    stranger: str = "300 per 10 seconds"
    signing_in: str = "20 per minute"
    one_user: str = "10 per 5 minutes"
    storage: MemoryStorage = field(default_factory=MemoryStorage)

    def __post_init__(self) -> None:
        self.items: dict[str, RateLimitItem] = {
            name: parse(getattr(self, name)) for name in ("known", "stranger", "signing_in", "one_user")
        }
        self.fast, self.exact = FixedWindowRateLimiter(self.storage), MovingWindowRateLimiter(self.storage)

    def wait(self, kind: str, who: str) -> int:
        """Count one; return how many seconds to wait, 0 where it may go on."""
        item = self.items[kind]
        limiter = self.exact if kind in ("signing_in", "one_user") else self.fast
        if limiter.hit(item, kind, who):
            return 0
        return max(1, int(item.get_expiry() if kind in ("signing_in", "one_user") else 10))
