"""The views, in the order of their keys; those without one last."""

from __future__ import annotations

from agentwatch.console.pane import Pane
from agentwatch.console.panes.activity import ActivityPane
from agentwatch.console.panes.feeds import FeedsPane
from agentwatch.console.panes.find import FindPane
from agentwatch.console.panes.fleet import FleetPane
from agentwatch.console.panes.runs import RunsPane

PANES: tuple[type[Pane], ...] = (FleetPane, ActivityPane, FindPane, FeedsPane, RunsPane)
