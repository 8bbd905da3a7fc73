"""What the pages of segments show: a run in which people moved, versions, one that uses another, one of each base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentary.language.yaml import parse_yaml

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FIRST = """segment: regulars
title: Regulars
purpose: Thank those who come back.
base: behavioural
where: {trait: order_count, gte: 3}
"""
SECOND = FIRST.replace("gte: 3", "gte: 2")
OTHERS = """segment: quiet_regulars
title: Quiet regulars
base: value
where:
  all:
  - {segment: regulars}
  - {trait: recency, gte: 30}
---
segment: nobody_yet
title: Never computed
base: other
where: {trait: order_count, gte: 100000}
"""


BASES = """segment: base_demographic
base: demographic
where: {trait: language, is: en-GB}
---
segment: base_geographic
base: geographic
where: {trait: region, is: west}
---
segment: base_psychographic
base: psychographic
where: {trait: pulse_satisfaction, gte: 4}
---
segment: base_behavioural
base: behavioural
where: {trait: favourite_channel, is: web}
---
segment: base_technographic
base: technographic
where: {trait: browser, is: Chrome}
---
segment: base_firmographic
base: firmographic
where: {trait: plan, is: plus}
---
segment: base_value
base: value
where: {trait: monetary, gte: 100}
"""


def furnish(workspace: Workspace) -> list[str]:
    """Return the pages of a segment that moved, of one nobody ran, and the list."""
    workspace.define(*(one.definition for text in (FIRST, BASES) for one in parse_yaml(text)))
    workspace.run()
    quiet, never = parse_yaml(OTHERS)
    workspace.define(parse_yaml(SECOND)[0].definition, quiet.definition)
    workspace.run()
    workspace.define(never.definition)
    return [
        "/segments",
        "/segments/regulars",
        "/segments/regulars/profile",
        "/segments/regulars/history",
        "/segments/regulars/activity?compare=v1",
        "/segments/nobody_yet",
    ]
