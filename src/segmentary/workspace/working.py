"""Do the jobs: one after the other, in one thread, with how far it is, and an end however it ends.

Beside the thread that works a second one looks after it: it writes how far the work is, shows that somebody lives, and
interrupts the warehouse when the work is to stop, for a long statement tells nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from segmentary.errors import SegmentaryError
from segmentary.ledger import jobs as table
from segmentary.workspace.expiring import throw_away_expired
from segmentary.workspace.job_kinds import KINDS
from segmentary.workspace.plain_json import document, to_json

if TYPE_CHECKING:
    import datetime as dt

    from segmentary.ledger.jobs import Job
    from segmentary.workspace.jobs import Jobs

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
TELLING_SECONDS = 0.25
HEARTBEAT_SECONDS = 5.0
LEASE_SECONDS = 30.0
LONGEST_RESULT = 2_000_000
TIDYING_SECONDS = 3600.0


class Stopped(BaseException):
    """Somebody asked to stop; no `except Exception` on the way may hold it."""


class Worker:
    """The thread that works, and the one that looks after it."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.serving = jobs.serving
        self.news = threading.Event()
        self.leaving = threading.Event()
        self.current: Job | None = None
        self.to_stop = threading.Event()
        self.interrupting = threading.Lock()
        self.settling = False
        self.beaten = self.began = 0.0
        self.tidied: float | None = None
        self.threads = [
            threading.Thread(target=self.work, name="jobs", daemon=True),
            threading.Thread(target=self.look_after, name="jobs-heartbeat", daemon=True),
        ]

    # ------------------------------------------------------------ from outside

    def begin(self) -> None:
        """Start to work."""
        for thread in self.threads:
            thread.start()

    def wake(self) -> None:
        """Say that there is something to do."""
        self.news.set()

    def stop(self, job: str) -> None:
        """Stop a job if it is the one that is being done."""
        if self.current is not None and self.current.job == job:
            self.to_stop.set()

    def lives(self) -> bool:
        """Say whether somebody works."""
        return all(thread.is_alive() for thread in self.threads)

    def silent_seconds(self) -> float:
        """Return for how long nobody wrote that the running job lives; 0 where none runs."""
        return time.monotonic() - self.beaten if self.current is not None and self.beaten else 0.0

    def end(self) -> None:
        """Stop what is being done, so that it is begun again at the next start, and wait for the threads."""
        self.leaving.set()
        self.to_stop.set()
        self.news.set()
        for thread in self.threads:
            thread.join()

    def take_up(self) -> None:
        """Put back what another process was doing when it died: only one has a workspace, so it is dead."""
        for job in table.cut_off(self.jobs.ledger, self.jobs.lease):
            kind = KINDS.get(job.kind)
            if job.cancel_asked:
                self.ended(job, "cancelled")
            elif kind is None or not kind.again:
                self.ended(job, "failed", problem=cut_off_problem("it is not begun again by itself"))
            elif job.attempts >= MOST_ATTEMPTS:
                why = f"it was begun {job.attempts} times, and the server ended each time"
                self.ended(job, "failed", problem=cut_off_problem(why))
            else:
                log.info("job begun again", extra={"job": job.job, "kind": job.kind, "attempts": job.attempts})
                self.jobs.written(table.put_back, job.job, counted=True)

    # ------------------------------------------------------------ working

    def work(self) -> None:
        """Do what waits, until told to leave."""
        self.settle()
        while not self.leaving.is_set():
            self.tidy()
            try:
                job = self.claim()
            except SegmentaryError as error:
                log.warning("no job could be claimed: %s", error.message)
                self.news.wait(1.0)
                self.news.clear()
                continue
            if job is None:
                self.news.wait(TIDYING_SECONDS)
                self.news.clear()
                continue
            try:
                self.do(job)
            except Exception as error:
                # The next start finds it as cut off.
                log.error("the end of a job could not be noted", exc_info=error)

    def settle(self) -> None:
        """Make what follows from what a process before loaded, so that who reads sees it."""
        self.settling = True
        try:
            with self.serving.changing(waiting=self.stop_here):
                pass
        except (SegmentaryError, Stopped) as error:
            log.warning("what follows from the data was not made: %s", error)
        finally:
            with self.interrupting:
                self.settling = False

    def tidy(self) -> None:
        """Throw away what was kept long enough, between two jobs: none of them is using it."""
        if self.tidied is not None and time.monotonic() - self.tidied < TIDYING_SECONDS:
            return
        self.tidied = time.monotonic()
        try:
            throw_away_expired(self.serving.workspace)
        except Exception as error:
            # Whatever lies in those folders, the work goes on.
            log.warning("what has expired could not be thrown away: %s", type(error).__name__)

    def claim(self) -> Job | None:
        """Take the job that has waited longest."""
        now = self.jobs.tick()
        found: Job | None = self.jobs.written(table.claim, self.jobs.lease, at=now, until=until(now))
        return found

    def do(self, job: Job) -> None:
        """Do one job and note its end."""
        self.to_stop.clear()
        self.beaten = time.monotonic()
        self.current = job
        if self.leaving.is_set():
            self.to_stop.set()
        self.began = time.monotonic()
        try:
            result = self.done(job)
        except BaseException as error:
            self.failed(job, error)
        else:
            self.ended(job, "done", result=result)

    def done(self, job: Job) -> str:
        """Do the work in its turn; return what it made as JSON text."""
        kind = KINDS.get(job.kind)
        if kind is None:
            raise SegmentaryError(f"this version does not know jobs of the kind {job.kind!r}")
        try:
            self.tell("waiting for its turn", 0.0)
            with self.serving.changing(waiting=self.stop_here) as workspace:
                self.tell("", 0.0)
                try:
                    found = kind.work()(workspace, dict(job.arguments), self.tell)
                finally:
                    # What `changing` mends at its end is not to be interrupted.
                    self.let_go(job)
        finally:
            self.let_go(job)
        text = to_json(document(found), indent=0)
        if len(text) > LONGEST_RESULT:
            raise SegmentaryError(
                "what the job made is too large to keep as its result", hint="the work itself is done"
            )
        return text

    def let_go(self, job: Job) -> None:
        """Let nobody interrupt what comes after the work."""
        with self.interrupting:
            self.current = None
        self.jobs.live.pop(job.job, None)

    def failed(self, job: Job, error: BaseException) -> None:
        """Note why a job did not come to its end; one the server stopped waits for the next start."""
        try:
            asked = self.jobs.get(job.job).cancel_asked
        except SegmentaryError:
            # The ledger cannot be read now; the end is tried again until it can be written.
            asked = False
        kind = KINDS.get(job.kind)
        if asked and self.to_stop.is_set():
            self.ended(job, "cancelled")
        elif self.leaving.is_set() and kind is not None and kind.again:
            self.jobs.written(table.put_back, job.job, counted=False)
        elif self.leaving.is_set():
            self.ended(job, "failed", problem=cut_off_problem("it is not begun again by itself"))
        else:
            self.ended(job, "failed", problem=problem_of(error))

    def ended(self, job: Job, state: Any, *, result: str = "", problem: dict[str, Any] | None = None) -> None:
        """Note the end of a job."""
        seconds = round(time.monotonic() - self.began, 3)
        if self.began:
            count, total = self.jobs.seconds.get((job.kind, state), (0, 0.0))
            self.jobs.seconds[job.kind, state] = count + 1, total + seconds
        log.info("job ended", extra={"kind": job.kind, "state": state, "seconds": seconds})
        # The disk may be full, or another process may hold the ledger for a moment: an end that is not noted would
        # have the work done again.
        for attempt in range(5):
            try:
                self.jobs.written(table.end, job.job, state, at=self.jobs.tick(), result=result, problem=problem)
                return
            except SegmentaryError as error:
                log.error("the end of a job could not be noted: %s", error.message)
                if self.leaving.wait(0.5 * 2**attempt):
                    return

    # ------------------------------------------------------------ telling

    def tell(self, sentence: str, done: float) -> None:
        """Take what the work says; raise where it is to stop."""
        self.stop_here()
        job = self.current
        if job is not None:
            share = min(1.0, max(0.0, float(done))) if done == done else 0.0
            self.jobs.live[job.job] = (str(sentence)[:500], share)
            self.jobs.changed()

    def stop_here(self) -> None:
        """Stop when somebody asked for it."""
        if self.to_stop.is_set():
            raise Stopped

    def look_after(self) -> None:
        """Write down how far the work is, and interrupt it when it is to stop."""
        written: tuple[str, str, float] | None = None
        while not self.leaving.is_set() or self.threads[0].is_alive():
            job = self.current
            if job is None:
                with self.interrupting:
                    if self.settling and self.leaving.is_set():
                        self.serving.interrupt()
                self.to_wait(TELLING_SECONDS)
                continue
            told = (job.job, *self.jobs.live.get(job.job, ("", 0.0)))
            if told != written or time.monotonic() - self.beaten > HEARTBEAT_SECONDS:
                written = told
                self.note(job, told[1], told[2])
            with self.interrupting:
                if self.to_stop.is_set() and self.current is job:
                    # Again and again: what is interrupted is a statement, and the next may be as long.
                    self.serving.interrupt()
            self.to_wait(TELLING_SECONDS)

    def to_wait(self, seconds: float) -> None:
        """Wait until the next look."""
        if self.leaving.is_set():
            time.sleep(min(seconds, 0.05))
        else:
            self.leaving.wait(seconds)

    def note(self, job: Job, step: str, share: float) -> None:
        """Write how far a job is; hear whether it is to stop."""
        now = self.jobs.tick()
        try:
            with self.jobs.one_at_a_time:
                asked = table.beat(self.jobs.ledger, job.job, step, share, at=now, until=until(now))
        except SegmentaryError as error:
            log.warning("how far a job is could not be noted: %s", error.message)
            return
        self.beaten = time.monotonic()
        if asked:
            self.stop(job.job)


def until(now: dt.datetime) -> dt.datetime:
    import datetime as dt

    return now + dt.timedelta(seconds=LEASE_SECONDS)


def problem_of(error: BaseException) -> dict[str, Any]:
    """Return what a person reads of an error: title, code, hint; of a defect nothing of what is inside."""
    import re

    if isinstance(error, SegmentaryError):
        code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower().removesuffix("_error")
        found: dict[str, Any] = {"title": error.message, "code": code, "hint": error.hint}
        pointer = getattr(error, "pointer", None)
        return found | ({"pointer": pointer} if pointer is not None else {})
    log.error("a job failed for a defect", exc_info=error)
    return {"title": "this is a defect in segmentary", "code": "defect", "hint": "the server's log has the details"}


def cut_off_problem(why: str) -> dict[str, Any]:
    return {
        "title": f"the server ended while this was being done; {why}",
        "code": "cut_off",
        "hint": "nothing was half done; start it again when you like",
    }
