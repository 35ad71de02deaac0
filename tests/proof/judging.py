"""What must hold whenever an agent has died: judged from what it did, seen from outside, and what its journal says."""

from collections import Counter

from tests.proof.deeds import lines_of

FINAL = {"completed", "failed", "cancelled", "timed_out", "skipped", "unknown"}
HARMLESS_TWICE = {"notify", "again"}
"""Actions that leave one effect however often they are done."""
MAY_HAVE_HAPPENED = {"done", "unknown"}


class Evidence:
    """What one victim did, with the report of its last life."""

    def __init__(self, place, report, crashes, *, may_fail=False):
        self.lines = Counter(lines_of(place.at / "effects"))
        self.sent = {name: place.sent(name) for name in ("once", "again")}
        self.report = report
        self.crashes = crashes
        self.may_fail = may_fail

    def faults(self):
        """Everything that should not be, in words."""
        found = [fault for run in self.report["runs"] for fault in self._of_run(run)]
        found += self._of_lines() + self._of_store()
        unknown = sum(run["status"] == "unknown" for run in self.report["runs"])
        if unknown > self.crashes:
            found.append(f"{unknown} runs are unknown after {self.crashes} crashes")
        return found

    def _of_run(self, run):
        if run["status"] not in self._expected(run):
            yield f"{run['id']} is {run['status']}: {run['text']}"
        for index, step in enumerate(run["steps"]):
            yield from self._of_step(f"{run['id']}.{index}", step)

    def _expected(self, run):
        """What a run may be: what was going on goes on; scripts may be killed themselves; the disk may refuse."""
        if run["id"] == f"r-after-{self.report['life']}":
            # Two runs of which nobody knows what became of them switch their workflow off.
            return {"completed", "skipped"} if self.crashes > 1 else {"completed"}
        if self.may_fail:
            return FINAL
        return {"completed", "unknown", "failed"} if "script" in run["id"] else {"completed", "unknown"}

    def _of_step(self, tag, step):
        action, status = step["action"], step["status"]
        if action in ("condition", "delay", "approval"):
            return
        count = self._count(action, tag)
        twice = action in HARMLESS_TWICE or tag.startswith("r-webput")
        if count > 1 and not twice:
            yield f"{action} {tag} was done {count} times"
        if count == 0 and status == "done":
            yield f"{action} {tag} is called done, without its effect"
        if count and status not in MAY_HAVE_HAPPENED and not (action == "run_script" and status == "failed"):
            yield f"{action} {tag} has an effect, and is called {status}"
        undone = self.lines[f"undo {action} {tag}"]
        if undone > 1:
            yield f"{tag} was undone {undone} times"
        if undone == 0 and step["undo"] == "undone":
            yield f"{tag} is called undone, without its effect"

    def _count(self, action, tag):
        if action == "http_request":
            return self.sent["again" if tag.startswith("r-webput") else "once"]
        return self.lines[f"{action} {tag}"]

    def _of_lines(self):
        """Effects that no run knows of, and what was done once more although nobody knows whether it was done."""
        runs = {run["id"] for run in self.report["runs"]}
        words = [line.split() for line in self.lines]
        tags = [each[-1] for each in words if each[-1].startswith("r-")]
        found = [f"{tag} has an effect, and no journal" for tag in tags if tag.rpartition(".")[0] not in runs]
        for line, before in self.report["left"]:
            if self.lines[line] > before and line.split()[0] not in HARMLESS_TWICE:
                found.append(f"{line} was done after a crash in the middle of it")
        return found

    def _of_store(self):
        found = [f"the store was repaired: {words}" for words in self.report["repaired"]]
        found += [f"trouble stays: {name}: {words}" for name, words in self.report["troubles"].items()]
        if self.report["unfinished"]:
            found.append(f"{self.report['unfinished']} runs are unfinished")
        return found
