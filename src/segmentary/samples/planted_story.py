"""The generated subscription business with everything a campaign needs: eight kinds of source, ending today.

::

    python -m segmentary.samples.planted_story . --ends 2026-03-01

writes into ``files`` the purchases, survey and subscription events of `planted_outcomes`, moved in time by whole weeks
so that they end just before a day; and beside them what other tools of such a business export: contacts of a CRM
(HubSpot's shape), visits of the web shop (Segment's), an audience and reactions of a mail tool (Mailchimp's), tickets
of a help desk (Zendesk's), posts (a listening tool's), interviews (transcripts) and decisions about mails. Into
``documents`` it writes segments, a campaign, its message and offers and a chatbot, and beside them a codebook.

Every file is seeded, our own and deterministic. People, companies and texts are made up; addresses end in ``.example``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segmentary.samples.exports import write_csv
from segmentary.samples.planted_outcomes import plant_outcomes
from segmentary.samples.planted_plans import AS_OF
from segmentary.samples.story_texts import FIRST, LAST, POSTS, TICKETS, interview

MOVED = {
    "customers.csv": ("created_at",),
    "order_lines.csv": ("ordered_at",),
    "subscription_events.csv": ("happened_at",),
    "survey.csv": ("answered_at",),
}
"""The columns that are moved in time; other files of `planted_outcomes` are left out here."""
LETTER = "welcome_letter"
CODEBOOK = "codebook.yaml"
DOCUMENTS = Path(__file__).with_name("story")
SAID_YES, SAID_NO = 0.92, 0.04
GONE_ADDRESS = 0.02
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Person:
    """One customer as the other tools know them."""

    customer_id: str
    plan: str
    first: str
    last: str
    email: str


def plant_story(folder: str | Path, *, ends: dt.date, customers: int = 2_000, seed: int = 7) -> dict[str, int]:
    """Write the files and documents of the story; return rows by file.

    Parameters
    ----------
    ends : nothing in the files lies after the beginning of this day.
    customers : how many people ever subscribed, over two and a half years.
    """
    documents = Path(folder) / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    for path in DOCUMENTS.glob("*.yaml"):
        shutil.copy(path, documents if path.name != CODEBOOK else Path(folder))
    folder = Path(folder) / "files"
    plant_outcomes(folder, customers=customers, seed=seed, experiment="none")
    moved = dt.timedelta(days=(ends - AS_OF).days // 7 * 7)
    for path in sorted(folder.glob("*.csv")):
        if path.name in MOVED:
            move(path, MOVED[path.name], moved)
        elif path.name != "products.csv":
            path.unlink()
    (folder / "truth.json").unlink()
    rng = np.random.default_rng([seed, 99])
    people = named(folder / "customers.csv", rng)
    end = AS_OF + moved
    writers: dict[str, Callable[[Path], int]] = {
        "hubspot_contacts.csv": lambda path: contacts(path, people, end, rng),
        "consents.csv": lambda path: consents(path, people, end, rng),
        "web_visits.jsonl": lambda path: visits(path, people, end, rng),
        "mailchimp_members.csv": lambda path: members(path, people, end),
        "mailchimp_activity.csv": lambda path: activity(path, people, end, rng),
        "zendesk_users.csv": lambda path: users(path, people, end),
        "zendesk_tickets.csv": lambda path: tickets(path, people, end, rng),
        "posts.csv": lambda path: posts(path, end, rng),
        "interviews.txt": lambda path: interviews(path, end),
    }
    for name, write in writers.items():
        write(folder / name)
    return {
        path.name: path.read_text(encoding="utf-8").count("\n") - (path.suffix == ".csv")
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def move(path: Path, columns: Sequence[str], by: dt.timedelta) -> None:
    """Move the moments of a file in time."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    heading = rows[0]
    places = [heading.index(name) for name in columns]
    for row in rows[1:]:
        for place in places:
            if row[place]:
                row[place] = (dt.datetime.fromisoformat(row[place]) + by).isoformat()
    write_csv(path, tuple(heading), (tuple(row) for row in rows[1:]))


def named(path: Path, rng: np.random.Generator) -> list[Person]:
    """Give every customer a name and an address, and write the address into the list of customers."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = []
    for number, row in enumerate(rows, 1):
        first, last = str(rng.choice(FIRST)), str(rng.choice(LAST))
        address = f"{first}.{last}.{number}@mail.example".lower()
        people.append(Person(row["customer_id"], row["plan"], first, last, address))
    write_csv(
        path,
        ("customer_id", "created_at", "plan", "region", "email", "first_name"),
        (
            (row["customer_id"], row["created_at"], row["plan"], row["region"], one.email, one.first)
            for row, one in zip(rows, people, strict=True)
        ),
    )
    return people


def moment(day: dt.date, minutes: float) -> str:
    """Return a moment of a day in UTC."""
    at = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def before(end: dt.date, rng: np.random.Generator, days: int) -> str:
    """Return a moment at most so many days before the end, in working hours."""
    return moment(end - dt.timedelta(days=int(rng.integers(1, days))), float(rng.uniform(7 * 60, 20 * 60)))


def contacts(path: Path, people: Sequence[Person], end: dt.date, rng: np.random.Generator) -> int:
    """Write the contacts of a CRM."""
    stages = ("customer", "customer", "customer", "evangelist", "opportunity")
    columns = ("hs_object_id", "email", "firstname", "lastname", "lifecyclestage", "hs_lead_status", "hs_email_optout",
               "createdate", "preferred_channel", "persona")  # fmt: skip
    personas = ("Balcony gardener", "Coffee lover", "Home cook", "Gift buyer")
    rows = [
        (50_000 + number, one.email, one.first, one.last, str(rng.choice(stages)), "CONNECTED", "false",
         before(end, rng, 500), str(rng.choice(("email", "chat", "post"))), str(rng.choice(personas)))
        for number, one in enumerate(people)
    ]  # fmt: skip
    write_csv(path, columns, rows)
    return len(rows)


def consents(path: Path, people: Sequence[Person], end: dt.date, rng: np.random.Generator) -> int:
    """Write what people decided about marketing mails: most said yes, some no, some were never asked."""
    rows = []
    for one in people:
        drawn = rng.uniform()
        if drawn < SAID_YES + SAID_NO:
            granted = "true" if drawn < SAID_YES else "false"
            rows.append((one.customer_id, "marketing", "email", granted, before(end, rng, 700), "sign-up form"))
    write_csv(path, ("customer_id", "purpose", "channel", "granted", "decided_at", "evidence"), rows)
    return len(rows)


def visits(path: Path, people: Sequence[Person], end: dt.date, rng: np.random.Generator) -> int:
    """Write visits of the web shop as calls of Segment's spec."""
    lines = []
    for number in range(len(people) * 2):
        one = people[int(rng.integers(0, len(people)))]
        at, pages = before(end, rng, 60), ("/", "/garden", "/coffee", "/tea", "/kitchen")
        call = {
            "type": "page", "messageId": f"w{number:06d}", "userId": one.customer_id,
            "anonymousId": f"a-{one.customer_id}", "timestamp": at, "name": "Shop",
            "properties": {"path": str(rng.choice(pages)), "url": "https://shop.example/"},
            "context": {"userAgent": AGENT, "library": {"name": "analytics.js"}},
        }  # fmt: skip
        lines.append(json.dumps(call))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def members(path: Path, people: Sequence[Person], end: dt.date) -> int:
    """Write the audience of a mail tool: every second customer."""
    columns = ("id", "list_id", "email_address", "unique_email_id", "status", "member_rating", "merge_fname",
               "timestamp_signup")  # fmt: skip
    signed = moment(end - dt.timedelta(days=400), 600)
    rows = [
        (f"mc{number:05d}", "shop", one.email, f"u{number:05d}", "subscribed", 3, one.first, signed)
        for number, one in enumerate(people[::2])
    ]
    write_csv(path, columns, rows)
    return len(rows)


def activity(path: Path, people: Sequence[Person], end: dt.date, rng: np.random.Generator) -> int:
    """Write how people reacted to a letter that nobody was held out of."""
    day = end - dt.timedelta(days=90)
    rows: list[tuple[object, ...]] = []
    for number in range(len(people[::2])):
        who, at = f"mc{number:05d}", 540 + float(rng.uniform(0, 30))
        rows.append(("sent", LETTER, who, "shop", moment(day, at), "", ""))
        if rng.uniform() < GONE_ADDRESS:
            rows.append(("bounce", LETTER, who, "shop", moment(day, at + 1), "", "soft"))
        elif rng.uniform() < 0.4:
            opened = at + float(rng.exponential(600))
            rows.append(("open", LETTER, who, "shop", moment(day, opened), "", ""))
            if rng.uniform() < 0.25:
                url = "https://shop.example/welcome"
                rows.append(("click", LETTER, who, "shop", moment(day, opened + 3), url, ""))
    write_csv(path, ("action", "campaign_id", "member_id", "list_id", "timestamp", "url", "bounce_type"), rows)
    return len(rows)


def users(path: Path, people: Sequence[Person], end: dt.date) -> int:
    """Write the users of a help desk: every third customer, and one agent."""
    created = moment(end - dt.timedelta(days=300), 500)
    columns = ("id", "name", "email", "role", "locale", "verified", "suspended", "active", "created_at", "time_zone")
    rows = [
        (900_000 + number, f"{one.first} {one.last}", one.email, "end-user", "en-GB", "true", "false", "true", created,
         "Berlin")
        for number, one in enumerate(people[::3])
    ]  # fmt: skip
    desk = (1, "Support", "desk@shop.example", "agent", "en-GB", "true", "false", "true", created, "Berlin")
    write_csv(path, columns, [*rows, desk])
    return len(rows) + 1


def tickets(path: Path, people: Sequence[Person], end: dt.date, rng: np.random.Generator) -> int:
    """Write tickets: what people of each plan ask about, in their own words."""
    columns = ("id", "requester_id", "submitter_id", "assignee_id", "status", "priority", "type", "subject",
               "description", "created_at", "updated_at", "satisfaction_rating_score")  # fmt: skip
    rows: list[tuple[object, ...]] = []
    asking = people[::3]
    for number in range(len(asking) // 4):
        place = int(rng.integers(0, len(asking)))
        texts = TICKETS[asking[place].plan]
        subject, words = texts[int(rng.integers(0, len(texts)))]
        at = end - dt.timedelta(days=int(rng.integers(2, 80)))
        score = str(rng.choice(("good", "bad", "offered"), p=(0.5, 0.2, 0.3)))
        who = 900_000 + place
        rows.append((7_000 + number, who, who, 1, "solved", "normal", "question", subject, words, moment(at, 600),
                     moment(at, 900), score))  # fmt: skip
    write_csv(path, columns, rows)
    return len(rows)


def posts(path: Path, end: dt.date, rng: np.random.Generator) -> int:
    """Write posts of people nobody knows."""
    rows = []
    for number in range(60):
        text = str(POSTS[int(rng.integers(0, len(POSTS)))])
        author = f"{rng.choice(FIRST)}_{number}".lower()
        rows.append((f"p{number:04d}", text, author, str(rng.choice(("x", "instagram"))), before(end, rng, 40),
                     int(rng.integers(0, 50)), int(rng.integers(20, 4_000))))  # fmt: skip
    write_csv(path, ("post_id", "text", "author", "platform", "published_at", "likes", "followers"), rows)
    return len(rows)


def interviews(path: Path, end: dt.date) -> int:
    """Write the transcript of one interview."""
    lines = list(transcript(end))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def transcript(end: dt.date) -> Iterator[str]:
    """Yield the lines of a transcript."""
    yield "Interview: 1"
    yield "Participant: P01"
    yield f"Date: {(end - dt.timedelta(days=20)).isoformat()}"
    yield ""
    yield from interview()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the story from the command line."""
    parser = argparse.ArgumentParser(prog="python -m segmentary.samples.planted_story", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ends", required=True, help="a day: 2026-03-01")
    parser.add_argument("--customers", type=int, default=2_000)
    given = parser.parse_args(arguments)
    rows = plant_story(given.folder, ends=dt.date.fromisoformat(given.ends), customers=given.customers)
    parser.exit(0, "".join(f"{name:24}{n:>8,}\n" for name, n in rows.items()))


if __name__ == "__main__":
    main()
