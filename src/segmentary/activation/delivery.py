"""The sending loop: lease a few messages, judge one, deliver it, write down what became of it, only then the next.

Killed at any point, what was not written down is still there: nobody is skipped, and only the message under way can
leave twice (with the same id). Whoever says no is not written to from the next message on, since every single one is
judged immediately before it leaves.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from segmentary.activation.audience import Reason
from segmentary.activation.channels.channel import Channel, Receipt, short
from segmentary.activation.envelope import unpacked
from segmentary.activation.message import Outgoing
from segmentary.errors import SegmentaryError, WorkspaceError
from segmentary.ledger.ledger import instant
from segmentary.ledger.outbox import Ended, Leased
from segmentary.models.progress import Tell, quiet

Clock = Callable[[], dt.datetime]
Stopped = Literal["", "by hand", "limit", "channel"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How persistent sending is.

    Attributes
    ----------
    batch : messages leased at once; lease : for how long.
    attempts : tries of one message before it is given up, unless it is older than `give_up_after` before that.
    first_wait, longest_wait : after the first failed try, and at most; it doubles in between, less or more by up to a
        quarter as the message's id decides.
    quiet_wait : after this a message held back by a quiet hour is tried again, where nobody knows when that ends.
    per_second : at most so many messages a second; 0: as fast as the other side takes them.
    channel_tries : so often in a row the channel itself may fail before sending stops.
    refusals : so many messages refused in a row stop sending: the server then thinks ill of us, not of them.
    longest_pause : where the other side asks to be left alone for longer, sending stops.
    """

    batch: int = 50
    lease: dt.timedelta = dt.timedelta(minutes=10)
    attempts: int = 10
    give_up_after: dt.timedelta = dt.timedelta(days=3)
    first_wait: dt.timedelta = dt.timedelta(minutes=1)
    longest_wait: dt.timedelta = dt.timedelta(hours=6)
    quiet_wait: dt.timedelta = dt.timedelta(minutes=15)
    per_second: float = 0.0
    channel_tries: int = 4
    refusals: int = 25
    longest_pause: dt.timedelta = dt.timedelta(minutes=1)
    mark_tries: int = 5


class Judge(Protocol):
    """Who is asked about every single message just before it leaves, and answers from what is known then."""

    def verdict(self, message: Outgoing, at: dt.datetime) -> Reason | None:
        """Return why a message must not leave; None when it may."""
        ...

    def resumes(self, message: Outgoing, at: dt.datetime) -> dt.datetime | None:
        """Return when the quiet hours around a moment end; None when that is not known."""
        ...


class Store(Protocol):
    """Where the messages of one channel wait. Whatever returns has been written to the disk."""

    def lease(self, *, now: dt.datetime, until: dt.datetime, limit: int) -> list[Leased]:
        """Take the next messages that are due."""
        ...

    def extend(self, *, until: dt.datetime) -> None:
        """Keep what was taken for longer."""
        ...

    def held(self, one: Leased) -> bool:
        """Say whether a message is still ours."""
        ...

    def again(self, one: Leased, *, not_before: dt.datetime, attempts: int, reason: str, reply: str) -> bool:
        """Put a message back for later."""
        ...

    def end(self, one: Leased, state: Ended, *, at: dt.datetime, reason: str = "", reply: str = "") -> bool:
        """Write down what became of a message; failed as ``bounced`` also suppresses its address."""
        ...

    def release(self) -> None:
        """Give back what was taken and not delivered."""
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass over the outbox did with the messages that were due.

    Attributes
    ----------
    sent : taken by the next server; retried : put back for another try; failed : given up.
    withheld : not sent any more, by reason; quiet : put back because of the hour.
    taken : cancelled, or sent by somebody else, while they waited for their turn.
    stopped : why it ended before everything due had left; empty: it did not. said : the sentence to it.
    files : what a channel that writes files wrote.
    """

    sent: int = 0
    retried: int = 0
    failed: int = 0
    withheld: Mapping[Reason, int] = field(default_factory=dict)
    quiet: int = 0
    taken: int = 0
    stopped: Stopped = ""
    said: str = ""
    seconds: float = 0.0
    files: tuple[str, ...] = ()


class UnmarkedError(WorkspaceError):
    """A message left, and that could not be written down: nothing more is sent until it can be."""


class Delivery:
    """One pass over the messages of one channel.

    clock, sleep : time, given from outside. stop : asked between two messages, so that stopping by hand leaves nothing
    half done.
    """

    def __init__(
        self,
        store: Store,
        channel: Channel,
        judge: Judge,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        policy: Policy | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store = store
        self.channel = channel
        self.judge = judge
        self.clock = clock
        self.sleep = sleep
        self.policy = policy or Policy()
        self.stop = stop
        self.counted: Counter[str] = Counter()
        self.withheld: Counter[Reason] = Counter()
        self.next_slot: dt.datetime | None = None
        self.lease_until = clock()
        self.troubles = 0
        self.refused = 0
        self.last_reply = ""

    def run(self, *, waiting: int, limit: int | None = None, tell: Tell = quiet) -> Delivered:
        """Deliver what is due, until nothing is, the limit is reached, or the channel cannot be used.

        waiting : how many are due, for the progress; limit : how many may leave.

        Raises
        ------
        UnmarkedError
            when a message left and that cannot be written down.
        WorkspaceError
            when the outbox cannot be read.
        """
        began = self.clock()
        stopped: Stopped = ""
        said = ""
        try:
            while not stopped:
                batch = self.leased(limit)
                if not batch:
                    stopped = "limit" if limit is not None and self.counted["sent"] >= limit else ""
                    break
                stopped, said = self.batch(batch, waiting, began, tell)
                if stopped:
                    self.store.release()
        except BaseException:
            # What is told about stopping must not hide why it stopped.
            with contextlib.suppress(SegmentaryError):
                self.store.release()
            raise
        finally:
            self.channel.close()
        seconds = (self.clock() - began).total_seconds()
        n = self.counted
        return Delivered(
            n["sent"], n["retried"], n["failed"], dict(self.withheld), n["quiet"], n["taken"], stopped, said, seconds
        )

    def leased(self, limit: int | None) -> list[Leased]:
        """Take the next few messages, never more than may still leave."""
        size = self.policy.batch
        if limit is not None:
            size = min(size, limit - self.counted["sent"])
        if size <= 0:
            return []
        now = self.clock()
        self.lease_until = now + self.policy.lease
        return self.store.lease(now=now, until=self.lease_until, limit=size)

    def batch(self, batch: list[Leased], waiting: int, began: dt.datetime, tell: Tell) -> tuple[Stopped, str]:
        """Deliver what was leased; say why to stop, if so."""
        for one in batch:
            said = self.once(one)
            while said is not None and not self.stop():
                # The channel failed, not the message: it is tried again on the spot, a little later.
                self.troubles += 1
                pause = self.pause(said)
                if self.troubles >= self.policy.channel_tries or pause > self.policy.longest_pause.total_seconds():
                    return "channel", said.reply
                self.sleep(pause)
                said = self.once(one)
            self.progress(waiting, began, tell)
            if self.refused >= self.policy.refusals:
                return "channel", f"the last {self.refused} messages were all refused: {self.last_reply}"
            if self.stop():
                return "by hand", "stopped by hand"
        return "", ""

    def pause(self, receipt: Receipt) -> float:
        """Return for how many seconds to leave a channel alone."""
        return max(receipt.wait_seconds, float(2 ** (self.troubles - 1)))

    def once(self, one: Leased) -> Receipt | None:
        """Judge and deliver one message and write down what became of it; return a receipt that is not about it."""
        self.keep_pace()
        now = self.clock()
        if now > self.lease_until - self.policy.lease / 2:
            self.lease_until = now + self.policy.lease
            self.store.extend(until=self.lease_until)
        if not self.store.held(one):
            self.counted["taken"] += 1
            return None
        message = unpacked(one.entry)
        reason = verdict(self.judge, message, now)
        if reason == "quiet":
            self.counted["quiet"] += 1
            later = self.judge.resumes(message, now) or now + self.policy.quiet_wait
            self.store.again(one, not_before=later, attempts=one.attempts, reason="quiet", reply="")
            return None
        if reason is not None:
            self.withheld[reason] += 1
            self.store.end(one, "withheld", at=now, reason=reason)
            return None
        receipt = self.handed_over(message)
        if receipt.outcome == "retry" and receipt.everybody:
            return receipt
        self.troubles = 0
        self.refused = self.refused + 1 if receipt.outcome == "failed" else 0
        self.marked(one, receipt)
        self.last_reply = receipt.reply
        return None

    def handed_over(self, message: Outgoing) -> Receipt:
        """Deliver; a fault of the channel's own code is a failed try of this message and of no other."""
        try:
            return self.channel.deliver(message)
        except SegmentaryError as error:
            return Receipt("retry", short(error.message), everybody=True)
        except Exception as error:
            return Receipt("retry", f"not delivered: {type(error).__name__}")

    def marked(self, one: Leased, receipt: Receipt) -> None:
        """Write down what became of a message; on a full disk try a few times, then stop everything."""
        for attempt in range(self.policy.mark_tries):
            try:
                self.counted[self.mark(one, receipt)] += 1
                return
            except WorkspaceError as error:
                if attempt + 1 == self.policy.mark_tries:
                    left = "was sent" if receipt.outcome == "sent" else "was tried"
                    raise UnmarkedError(
                        f"message {one.entry.message} {left}, and that cannot be written down: {error.message}",
                        hint="free some space and send again; this one message may leave once more, with the same id",
                    ) from error
                self.sleep(0.2 * 2**attempt)

    def mark(self, one: Leased, receipt: Receipt) -> str:
        """Write down what became of a message; return as what it counts."""
        now = self.clock()
        match receipt.outcome:
            case "sent":
                self.store.end(one, "sent", at=now, reply=receipt.reply)
                return "sent"
            case "failed":
                reason = "bounced" if receipt.permanent else "rejected"
                self.store.end(one, "failed", at=now, reason=reason, reply=receipt.reply)
                return "failed"
            case "retry":
                tried = one.attempts + 1
                later = now + max(
                    waited(one.entry.message, tried, self.policy), dt.timedelta(seconds=receipt.wait_seconds)
                )
                old = later > instant(one.created_at) + self.policy.give_up_after
                if tried >= self.policy.attempts or old:
                    self.store.end(one, "failed", at=now, reason="gave_up", reply=receipt.reply)
                    return "failed"
                self.store.again(one, not_before=later, attempts=tried, reason="retry", reply=receipt.reply)
                return "retried"

    def keep_pace(self) -> None:
        """Wait until the next message may leave."""
        if not self.policy.per_second:
            return
        now = self.clock()
        if self.next_slot is not None and now < self.next_slot:
            self.sleep((self.next_slot - now).total_seconds())
            now = self.next_slot
        self.next_slot = now + dt.timedelta(seconds=1 / self.policy.per_second)

    def progress(self, waiting: int, began: dt.datetime, tell: Tell) -> None:
        """Say how far it is."""
        done = self.counted.total() + self.withheld.total()
        if done % 20:
            return
        seconds = (self.clock() - began).total_seconds()
        speed = done / seconds if seconds > 0 else 0.0
        left = f", {remaining((waiting - done) / speed)} left" if speed and waiting > done else ""
        tell(
            f"{self.counted['sent']:,} sent, {done:,} of {waiting:,} done, {speed:,.0f} a second{left}",
            min(1.0, done / waiting) if waiting else 1.0,
        )


def verdict(judge: Judge, message: Outgoing, now: dt.datetime) -> Reason | None:
    """Return why a message must not leave now; None when it may."""
    if message.expires_at and instant(message.expires_at) <= now:
        return "expired"
    return judge.verdict(message, now)


def waited(message: str, tried: int, policy: Policy) -> dt.timedelta:
    """Return how long a message waits after so many tries: doubling, less or more by up to a quarter by its id."""
    doubled = min(policy.first_wait.total_seconds() * 2.0 ** min(tried - 1, 30), policy.longest_wait.total_seconds())
    draw = int.from_bytes(hashlib.sha256(f"{message} {tried}".encode()).digest()[:4], "big") / 2**32
    return dt.timedelta(seconds=doubled * (0.75 + draw / 2))


def remaining(seconds: float) -> str:
    """Return a length of time for people.

    >>> remaining(42), remaining(3_720)
    ('42 s', '1 h 2 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
