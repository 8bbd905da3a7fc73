"""A small shop whose customers say what they need: chats, answers, interviews, labelled texts and a codebook."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

import segmentary as sg
from segmentary.workspace.voice_files import labelled

LATE = ("The delivery was late again", "My parcel never arrived", "Late delivery and nobody told me")
PRICE = ("The price is too high", "Too expensive for what it is", "I wish it cost less, the price hurts")
GOOD = ("Lovely shop, great service", "All fine, thanks", "Friendly people and quick answers")
ENDS = ("", " Mail me at jo@example.com", " Call +49 30 123456", " Order no. A-77123", " please", " again")
BOOK = """
codebook: shop
needs:
  - code: on_time
    title: Delivery on time
    words: [late, parcel, deliver*]
    phrases: [never arrived]
    unless: [delivery address]
    examples: [my parcel never arrived]
    not_examples: [I changed the delivery address]
  - code: price
    title: Fair price
    words: [price, expensive, cost]
pains:
  - code: no_word
    title: Nobody says anything
    phrases: [nobody told]
"""
VOICED = {
    "voices train": ["voices", "train", "wants", "--from", "{files}/labelled.csv", "--json"],
    "voices codebook": ["voices", "codebook", "{files}/shop.yaml", "--json"],
    "voices list": ["voices", "list", "--json"],
    "voices show": ["voices", "show", "wants", "--json"],
    "voices try": ["voices", "try", "My parcel is late and nobody told me", "--json"],
    "voices code": ["voices", "code", "--since", "2020-01-01", "--json"],
    "voices themes": [
        *("voices", "themes", "--survey", "nps", "--segment", "pro", "--human", "{files}/human.csv", "--json"),
    ],
}
PEOPLE = 120


def make_voiced(folder: Path, *, people: int = PEOPLE) -> Path:
    """Make files and a workspace with a model and a codebook; return the workspace's folder."""
    files = folder / "files"
    files.mkdir()
    write_files(files, people)
    shop = folder / "shop"
    with sg.init(shop, timezone="UTC", environment={}) as workspace:
        workspace.add(files / "customers.csv", files / "consents.csv")
        workspace.add(files / "chats.csv", files / "talks.csv", kind="messages")
        workspace.add(files / "nps.csv", kind="responses")
        workspace.apply(files / "pro.yaml")
        workspace.run("2026-03-01")
        workspace.voices.keep_codebook(files / "shop.yaml")
        workspace.voices.train("wants", *labelled(files / "labelled.csv", "text", "label"))
    return shop


def voiced_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    files = str(shop.parent / "files")
    return ["-w", str(shop), *(part.replace("{files}", files) for part in VOICED[name])]


def write_files(files: Path, people: int) -> None:
    """Write what the shop knows."""
    chance = random.Random(1)
    plans = ["pro" if i % 2 else "basic" for i in range(people)]
    said = [
        chance.choice(LATE if chance.random() < (0.7 if plan == "pro" else 0.2) else (*PRICE, *GOOD)) for plan in plans
    ]
    write(files / "customers.csv", [{"customer_id": f"c{i}", "plan": plan} for i, plan in enumerate(plans)])
    write(
        files / "consents.csv",
        [
            {
                "customer_id": f"c{i}",
                "purpose": "analytics",
                "channel": "any",
                "granted": i != 7,
                "happened_at": "2026-01-01",
            }
            for i in range(8)
        ],
    )
    start = dt.datetime(2026, 1, 5, 9)
    write(
        files / "chats.csv",
        [
            {
                "customer_id": f"c{i}",
                "channel": "chat",
                "direction": "in",
                "happened_at": (start + dt.timedelta(hours=7 * i)).isoformat(),
                "conversation_id": f"k{i}",
                "text": text + chance.choice(ENDS),
            }
            for i, text in enumerate(said)
        ],
    )
    talks = [
        {
            "customer_id": f"p{i % 6}",
            "channel": "interview",
            "direction": "in",
            "happened_at": (start + dt.timedelta(minutes=i)).isoformat(),
            "conversation_id": f"t{i % 6}",
            "text": chance.choice((*LATE, *PRICE)) + chance.choice(ENDS),
        }
        for i in range(24)
    ]
    write(files / "talks.csv", talks)
    answers = [
        {
            "respondent_id": f"c{i}",
            "survey": "nps",
            "item": "why",
            "value": text + chance.choice(ENDS),
            "weight": 1 + i % 3,
            "answered_at": "2026-02-01",
        }
        for i, text in enumerate(said)
    ]
    write(files / "nps.csv", answers)
    human = [
        {"text": one["value"], "code": "on_time" if "arrived" in one["value"] or "elivery" in one["value"] else ""}
        for one in answers
    ]
    write(files / "human.csv", human)
    examples = [
        {"text": text + end, "label": label}
        for label, texts in (("where_is_it", LATE), ("too_dear", PRICE), ("praise", GOOD))
        for text in texts
        for end in ENDS
    ]
    write(files / "labelled.csv", examples)
    (files / "shop.yaml").write_text(BOOK, encoding="utf-8")
    (files / "pro.yaml").write_text("segment: pro\nwhere: {trait: plan, is: pro}\n", encoding="utf-8")


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
