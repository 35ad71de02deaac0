"""What may be opened as an application, and what it may be given."""

from collections.abc import Sequence
from pathlib import Path

from understudy.errors import InvalidInputError

# fmt: off
_RUN_ANYTHING = frozenset((
    "bash", "cmd", "cmd.exe", "csh", "dash", "doas", "env", "fish", "ksh", "node", "nohup", "osascript",
    "perl", "pkexec", "powershell", "powershell.exe", "pwsh", "python", "python2", "python3", "ruby",
    "setsid", "sh", "su", "sudo", "systemd-run", "tcsh", "wscript.exe", "xargs", "zsh",
))
# fmt: on
"""With these a workflow could run any command without the consent that scripts need."""


def check_arguments(arguments: Sequence[str]) -> None:
    """Raise InvalidInputError for what cannot be handed to a program."""
    for argument in arguments:
        if "\0" in argument or any("\ud800" <= character <= "\udfff" for character in argument):
            raise InvalidInputError("An argument is not valid text", "It holds NUL or half a character")


def check_program(command: Sequence[str]) -> None:
    """Raise InvalidInputError for a program that would run whatever it is given."""
    program = Path(command[0]).name.lower()
    if program in _RUN_ANYTHING:
        raise InvalidInputError(
            f"{program} is not opened as an application", "It would run any command", "Use run_script"
        )
