"""What the builder's pages need to show something: a deep definition that is saved."""

from __future__ import annotations

from segmentary.language.yaml import parse_yaml
from segmentary.workspace.workspace import Workspace

DEEP = """\
segment: built_deep
title: Plus and pro who slow down
purpose: Ask them back before they leave.
where:
  all:
    - {trait: order_count, gte: 2}
    - any:
        - {trait: plan, in: [plus, pro]}
        - {event: order_completed, where: {property: amount, gt: 20}, during: {last: 365d}, sum: {of: amount, gte: 100}}
        - all:
            - {rank: {top: 25%, by: {trait: monetary}}}
            - {not: {any: [{event: order_completed, during: {last: 14d}, did: true}, {segment: basic}]}}
    - sequence: [{event: order_completed}, {not: {event: order_completed, within: 30d}}]
      anchor: last
"""


def furnish(workspace: Workspace) -> list[str]:
    """Save a deep definition."""
    workspace.define(*(parsed.definition for parsed in parse_yaml(DEEP)))
    ready = next(one.definition.name for one in workspace.suggest() if one.supported)
    return ["/segments/new", f"/segments/new?template={ready}", "/segments/built_deep/edit"]
