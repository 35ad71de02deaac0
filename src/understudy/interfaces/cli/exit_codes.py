"""What the command line ends with, by name."""

from enum import IntEnum

from understudy.errors import UnderstudyError


class ExitCode(IntEnum):
    """Stable numbers for scripts."""

    OK = 0
    FAILED = 1
    """It was tried and did not work, or something unexpected went wrong."""
    USAGE = 2
    """The command line itself was wrong (click's own number)."""
    NOT_RUNNING = 3
    NOT_FOUND = 4
    REFUSED = 5
    ALREADY_RUNNING = 6
    INVALID_INPUT = 7
    CONFLICT = 8
    CAPABILITY_MISSING = 9
    TIMED_OUT = 10
    STORE = 11


def exit_code_of(error: UnderstudyError) -> ExitCode:
    """Return the code that tells of this error: the one of the same name, else FAILED."""
    return ExitCode.__members__.get(error.code.upper(), ExitCode.FAILED)
