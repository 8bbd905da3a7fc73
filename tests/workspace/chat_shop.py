"""A small shop with a bot, for the tests of chats."""

import datetime as dt
from pathlib import Path

import segmentary as sg

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
PEOPLE = """customer_id,email,first_name,plan
ann,ann@example.com,Ann,gold
bob,bob@example.com,Bob,basic
cyd,cyd@example.com,Cyd,basic
dan,dan@example.com,canary-dan-7f3a9,basic
"""
EVENTS = """message_id,customer_id,event,timestamp
m1,ann,logged_in,2026-02-20T10:00:00
m2,bob,logged_in,2025-11-02T10:00:00
m3,cyd,logged_in,2026-02-27T10:00:00
"""
SEGMENTS = """
segment: gold
where: {trait: plan, is: gold}
---
segment: young
where: {trait: age_band, is: under_30}
---
segment: active
where: {event: logged_in, during: {last: 30d}, count: {gte: 1}}
---
segment: young_active
where: {all: [{segment: young}, {segment: active}]}
---
segment: unhappy
where: {trait: satisfaction, lte: 2}
---
segment: reachable
where: {trait: may_contact_email, is: true}
---
segment: asked_hours
where: {event: chat_intent_detected, during: {last: 7d}, count: {gte: 1}, where: {property: intent, is: opening}}
"""
BOT = """
bot: ada
title: Ada
answers:
  greeting: "Hello {{ first_name | default: 'there' }}, I am Ada."
  plan:
    - {segment: gold, text: "Your plan is {{ plan }}: you go first."}
    - "Your plan is {{ plan }}."
  opening: "We are open from 9 to 18."
  tips:
    - {segment: young_active, text: "{{ offer.words }} Use {{ offer.code }} until {{ offer.until }}.", offers: spring}
    - {segment: young, text: "Have a look at our new shoes."}
    - "Have a look at our classics."
intents:
  plan:
    examples: [which plan do I have, what is my plan, show me my plan]
  opening:
    examples: [when are you open, what are your opening hours, are you open on sunday]
  tips:
    examples: [what do you recommend, recommend me something, any tips for me]
  return_order:
    label: a return
    examples: [I want to return something, send my order back]
    script: return_order
questions:
  age_band:
    ask: May I ask how old you are?
    why: It helps us to show what fits.
    after: [opening, plan]
    choices:
      - {value: under_30, label: Under 30, to: 29, also: [young]}
      - {value: 30_to_59, label: 30 to 59, from: 30, to: 59}
      - {value: over_60, label: 60 or older, from: 60}
  news:
    kind: consent
    purpose: marketing
    channel: email
    ask: May we write to you by e-mail about offers?
    why: You can take it back at any time.
    after: [tips]
  satisfaction:
    kind: rating
    ask: How happy were you with this chat, 1 to 5?
    why: It helps us to get better.
scripts:
  return_order:
    slots:
      reason: {ask: Why do you send it back?, choices: [too_big, too_small, broken]}
    confirm: "Shall I register a return because it is {{ slot.reason }}?"
    done: It is registered.
    event: chat_return_requested
hand_over:
  hours: mon-fri 09:00-17:00
end: {ask: satisfaction, silent_after: 30min}
verify: email
"""
OFFERS = """
offers: spring
rows:
  - {id: shoes, words: "Ten percent off shoes for you.", code: SHOES10,
     value: 5, for: [young_active], until: 2026-03-31, per_person: 1}
"""


class Clock:
    """A clock that goes one second further whenever it is read."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> dt.datetime:
        self.at += dt.timedelta(seconds=1)
        return self.at

    def forward(self, **span: float) -> None:
        self.at += dt.timedelta(**span)


def shop(folder: Path, clock: Clock) -> sg.Workspace:
    """Make the shop; its segments mention traits only the bot asks."""
    workspace = sg.init(folder / "shop", clock=clock)
    for name, text in (("people", PEOPLE), ("logins", EVENTS)):
        (folder / f"{name}.csv").write_text(text)
    workspace.add(folder / "people.csv", kind="customers", name="crm")
    workspace.add(folder / "logins.csv", kind="events", name="app")
    return workspace


def ready(folder: Path, clock: Clock) -> sg.Workspace:
    """Make the shop with segments, offers and the bot in force."""
    workspace = shop(folder, clock)
    for name, text in (("segments.yaml", SEGMENTS), ("spring.yaml", OFFERS), ("ada.yaml", BOT)):
        (workspace.folder.segments / name).write_text(text)
    workspace.apply()
    return workspace
