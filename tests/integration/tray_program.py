"""A program with the agent's tray icon in the tests' desktop, and what its clicks did."""

import sys

from tests.e2e.waiting import until
from tests.integration.command_line import ROOT
from understudy.engine.status import Status
from understudy.engine.views import RunCard, SuggestionCard
from understudy.interfaces.cli.client import Client

WORKFLOW = ("Workflows", "Morning Prep")


class Program:
    """The agent program in the desktop, with a client to see what its clicks did."""

    def __init__(self, desktop, *options):
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
        home = str(desktop.home)
        command = (sys.executable, "-m", "tests.fakes.agent_program", "--ready-fd={ready}", f"--home={home}")
        self.process = desktop.spawn(*command, *options, env=environment)
        self.client = Client(desktop.home / "agent.json")

    def status(self):
        """How the agent is doing."""
        return self.client.get("/api/status", Status)

    def runs(self):
        """What was done."""
        return self.client.get("/api/runs", list[RunCard], limit=1000)

    def suggestions(self):
        """Every suggestion by id, answered or not."""
        cards = self.client.get("/api/suggestions", list[SuggestionCard], every=True)
        return {card.suggestion.id: card.suggestion for card in cards}

    def until(self, look, what=""):
        """Wait until the program is so."""
        return until(lambda: look(self), what=what or f"the program; it wrote {self.process.output()[-500:]}")
