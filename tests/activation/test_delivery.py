"""The sending loop over a real ledger and a channel that does what it is told."""

import datetime as dt

import pytest
from tests.activation.channels.messages import NOON, outgoing

from segmentary.activation.channels.channel import Receipt, short
from segmentary.activation.delivery import Delivery, Policy, UnmarkedError, remaining, verdict, waited
from segmentary.activation.envelope import packed
from segmentary.errors import SettingsError
from segmentary.ledger import outbox
from segmentary.ledger.ledger import Ledger, instant, instant_text

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SENT = Receipt("sent", "250 ok")


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += dt.timedelta(seconds=seconds)


class Told:
    """A channel that answers as it is told, by message; what it was given is kept."""

    name = "email"

    def __init__(self, **answers):
        self.answers = answers
        self.given = []
        self.closed = 0

    def deliver(self, message):
        self.given.append(message.message)
        answer = self.answers.get(message.message, SENT)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else SENT
        if callable(answer):
            answer = answer() or SENT
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self):
        return []

    def close(self):
        self.closed += 1


class Allows:
    """Lets everybody pass but those it knows a reason of."""

    def __init__(self, **reasons):
        self.reasons = reasons

    def verdict(self, message, at):
        return self.reasons.get(message.message)

    def resumes(self, message, at):
        return at + 8 * HOUR


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger.sqlite")
    yield found
    found.close()


@pytest.fixture
def business(ledger):
    return Business(ledger)


class Business:
    """Everything a delivery needs, on a ledger."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.clock = Clock()

    def put(self, count, **given):
        outbox.put(
            self.ledger,
            (packed(outgoing(message=f"m{n}", customer_id=f"c{n}", **given), f"h{n}") for n in range(count)),
            at=self.clock(),
        )

    def send(self, channel, judge=None, *, limit=None, stop=lambda: False, tell=lambda *_: None, **policy):
        from segmentary.workspace.outbox_sending import LedgerStore

        delivery = Delivery(
            LedgerStore(self.ledger, "email"), channel, judge or Allows(), clock=self.clock, sleep=self.clock.sleep,
            policy=Policy(**policy), stop=stop,
        )  # fmt: skip
        return delivery.run(waiting=10, limit=limit, tell=tell)

    def states(self):
        return {(one.state, one.reason): one.messages for one in outbox.counts(self.ledger)}


def test_everybody_gets_one_and_the_channel_is_closed(business):
    business.put(120)
    channel = Told()
    found = business.send(channel)
    assert found.sent == 120
    assert channel.given == [f"m{n}" for n in range(120)]
    assert channel.closed == 1
    assert business.states() == {("sent", ""): 120}
    assert business.send(Told()).sent == 0


def test_each_is_judged_just_before_it_leaves(business):
    business.put(6)
    judge = Allows(m1="refused", m2="quiet", m3="suppressed")
    # While m0 is being delivered, m4 says no.
    channel = Told(m0=lambda: judge.reasons.update(m4="refused"))
    found = business.send(channel, judge)
    assert channel.given == ["m0", "m5"]
    assert found.withheld == {"refused": 2, "suppressed": 1}
    assert found.quiet == 1
    [(_, later)] = business.ledger.rows("select message, not_before from outbox where state = 'waiting'")
    assert instant(later) == NOON + 8 * HOUR
    assert business.states()[("withheld", "refused")] == 2


def test_what_is_over_does_not_leave(business):
    business.put(1, expires_at=instant_text(NOON + HOUR))
    business.clock.now = NOON + HOUR
    assert business.send(Told()).withheld == {"expired": 1}
    assert verdict(Allows(), outgoing(expires_at=instant_text(NOON + HOUR)), NOON) is None


def test_cancelled_while_it_waits_for_its_turn(business):
    business.put(5)
    channel = Told(m1=lambda: outbox.cancel(business.ledger, "autumn-1", at=NOON) and None)
    found = business.send(channel)
    assert channel.given == ["m0", "m1"]
    # m1 was under way when it was cancelled: it left, so it was sent.
    assert (found.sent, found.taken) == (2, 3)
    assert business.states() == {("sent", ""): 2, ("cancelled", ""): 3}


def test_retries_wait_longer_and_longer_and_end(business):
    business.put(1)
    waits = []
    for _ in range(4):
        found = business.send(Told(m0=Receipt("retry", "451 later")), attempts=4)
        rows = business.ledger.rows("select not_before, attempts, state, reason from outbox")
        waits.append(instant(rows[0][0]) - business.clock.now)
        business.clock.now = max(instant(rows[0][0]), business.clock.now)
    assert found.failed == 1
    assert rows[0][2:] == ("failed", "gave_up")
    assert 45 <= waits[0].total_seconds() <= 75
    assert waits[0] * 1.2 < waits[1] < waits[2]


def test_waits_double_differ_by_message_and_have_an_end():
    policy = Policy()
    first = [waited(f"m{n}", 1, policy) for n in range(200)]
    assert min(first) >= MINUTE * 0.75
    assert max(first) <= MINUTE * 1.25
    assert len(set(first)) > 190
    assert waited("m1", 1, policy) == waited("m1", 1, policy)
    assert waited("m1", 60, policy) <= policy.longest_wait * 1.25


def test_too_old_is_given_up(business):
    business.put(1)
    business.clock.now = NOON + dt.timedelta(days=4)
    found = business.send(Told(m0=Receipt("retry", "451 later")))
    assert found.failed == 1


def test_a_dead_address_is_suppressed_in_the_same_step(business):
    business.put(2)
    found = business.send(Told(m0=Receipt("failed", "550", permanent=True), m1=Receipt("failed", "554 spam")))
    assert found.failed == 2
    assert business.ledger.rows("select channel, address_hash, reason from suppressions") == [("email", "h0", "bounce")]
    assert business.states() == {("failed", "bounced"): 1, ("failed", "rejected"): 1}


def test_a_channel_that_fails_stops_sending_and_costs_no_tries(business):
    business.put(3)
    down = Receipt("retry", "no connection", everybody=True)
    channel = Told(m0=[down] * 9)
    found = business.send(channel)
    assert found.stopped == "channel"
    assert found.said == "no connection"
    assert channel.given == ["m0"] * 4
    assert business.clock.now == NOON + dt.timedelta(seconds=1 + 2 + 4)
    assert business.ledger.rows("select distinct attempts, state, lease from outbox") == [(0, "waiting", "")]
    assert business.send(Told(m0=[down] * 2)).sent == 3


def test_asked_to_wait_for_long_it_stops_and_for_a_little_it_waits(business):
    business.put(1)
    slow = Receipt("retry", "429", everybody=True, wait_seconds=30)
    assert business.send(Told(m0=[slow])).sent == 1
    assert business.clock.now == NOON + dt.timedelta(seconds=30)
    business.put(2)
    found = business.send(Told(m1=Receipt("retry", "429", everybody=True, wait_seconds=600)))
    assert (found.stopped, found.sent) == ("channel", 0)


def test_many_refusals_in_a_row_are_ours(business):
    business.put(40)
    found = business.send(Told(**{f"m{n}": Receipt("failed", "554 5.7.1 no relay") for n in range(40)}), refusals=10)
    assert (found.stopped, found.failed) == ("channel", 10)
    assert "all refused" in found.said
    assert business.states() == {("failed", "rejected"): 10, ("waiting", ""): 30}


def test_a_limit_stopping_by_hand_and_progress(business):
    business.put(200)
    assert business.send(Told(), limit=7).stopped == "limit"
    assert business.states() == {("sent", ""): 7, ("waiting", ""): 193}
    channel = Told()
    found = business.send(channel, stop=lambda: len(channel.given) >= 3)
    assert (found.stopped, found.sent) == ("by hand", 3)
    said = []
    business.send(Told(), tell=lambda sentence, share: said.append((sentence, share)), per_second=10)
    assert said[-1][0].startswith("180 sent")
    assert ", 10 a second" in said[-1][0]


def test_cancelling_by_raising_gives_back_what_was_leased(business):
    business.put(100)

    def tell(sentence, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        business.send(Told(), tell=tell)
    assert business.states() == {("sent", ""): 20, ("waiting", ""): 80}


def test_so_many_a_second_and_no_more(business):
    business.put(10)
    business.send(Told(), per_second=2)
    assert business.clock.now == NOON + dt.timedelta(seconds=4.5)


def test_a_lease_is_kept_while_sending_takes_long(business):
    business.put(50)

    def slow():
        business.clock.sleep(60)
        outbox.release_dead(business.ledger, now=business.clock())

    channel = Told(**{f"m{n}": slow for n in range(50)})
    assert business.send(channel).sent == 50
    assert len(channel.given) == 50


def test_a_fault_of_a_channel_is_one_failed_try(business):
    business.put(2)
    found = business.send(Told(m0=ValueError("ann@shop.example")))
    assert (found.sent, found.retried) == (1, 1)
    assert business.ledger.rows("select reply from outbox where message = 'm0'") == [("not delivered: ValueError",)]
    business.clock.sleep(100)
    assert business.send(Told(m0=[SettingsError("wrong sender")] * 9)).stopped == "channel"


def test_on_a_full_disk_nothing_more_is_sent(business):
    business.put(60)
    business.ledger.connection.execute(
        "create trigger disk before update on outbox when new.state = 'sent'"
        " and (select count(*) from outbox where state = 'sent') >= 30"
        " begin select raise(abort, 'database or disk is full'); end"
    )
    channel = Told()
    with pytest.raises(UnmarkedError, match="m30 was sent") as caught:
        business.send(channel)
    assert caught.value.hint
    assert len(channel.given) == 31
    assert business.states() == {("sent", ""): 30, ("waiting", ""): 30}
    # With space again, the one that could not be written down leaves once more, with its id; nobody else does.
    business.ledger.connection.execute("drop trigger disk")
    again = Told()
    assert business.send(again).sent == 30
    assert again.given[0] == "m30"


def test_replies_and_times_are_for_people():
    assert short("a\r\n\x1b[31mb" + "x" * 400).startswith("a [31mb")
    assert len(short("x" * 400)) == 300
    assert remaining(3_720) == "1 h 2 min"
