"""The one tree of errors; imports nothing of the project.

Every error a person can meet says what failed (`title`), why (`why`) and what to do next (`fix`).
Foreign errors are translated into this tree at the border where they arise.
"""


class UnderstudyError(Exception):
    """Something the person should know about, in words they can use."""

    code = "error"
    """Stable name of the kind of error, for programs."""
    partly: object = None
    """What is there of an effect that was not reached in full: a `core.action.Partly`; None = that is not told."""

    def __init__(self, title: str, why: str = "", fix: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        """One line: what failed, why, what to do."""
        parts = [part.rstrip(".") for part in (self.title, self.why, self.fix) if part]
        return ". ".join(parts) + "."


class InvalidInputError(UnderstudyError):
    """What was given cannot be used; nothing was changed."""

    code = "invalid_input"


class NotFoundError(UnderstudyError):
    """The named thing does not exist."""

    code = "not_found"


class ConflictError(UnderstudyError):
    """The thing exists, but not in a state in which this can be done."""

    code = "conflict"


class RefusedError(UnderstudyError):
    """A guard, a limit or a missing permission said no; nothing was done."""

    code = "refused"


class CapabilityMissingError(UnderstudyError):
    """The machine lacks a part this needs; `fix` names how to get it."""

    code = "capability_missing"


class ActionFailedError(UnderstudyError):
    """An action was tried and did not reach its effect."""

    code = "action_failed"

    def __init__(self, title: str, why: str = "", fix: str = "", *, nothing_happened: bool = False) -> None:
        super().__init__(title, why, fix)
        self.nothing_happened = nothing_happened
        """Whether it is certain that nothing was done: then it may be tried again."""


class StoppedError(UnderstudyError):
    """The person stopped what was going on."""

    code = "stopped"


class TimedOutError(UnderstudyError):
    """The time given was used up."""

    code = "timed_out"


class StoreError(UnderstudyError):
    """The databases could not be read or written; nothing is half written."""

    code = "store"


class NotRunningError(UnderstudyError):
    """No agent answers."""

    code = "not_running"


class AlreadyRunningError(UnderstudyError):
    """Another agent of the same person is at work."""

    code = "already_running"
