"""agent.json: where the running agent can be reached, for this person's eyes only. Imports nothing heavy."""

import json
import os
from pathlib import Path
from typing import Any

from understudy.core.value import Value
from understudy.errors import NotRunningError

START = "Start it with: understudy run"


class Endpoint(Value):
    """What a client needs to talk to the agent."""

    port: int
    token: str
    pid: int
    version: str


def write_endpoint(path: Path, endpoint: Endpoint) -> None:
    """Put the file in place at once, readable by its owner only. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{endpoint.pid}")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump({name: getattr(endpoint, name) for name in Endpoint.__struct_fields__}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_endpoint(path: Path) -> Endpoint:
    """Return what the file says. Raises NotRunningError when there is none that can be understood."""
    try:
        found: Any = json.loads(path.read_text("utf-8"))
        return Endpoint(**{name: _typed(name, found[name]) for name in Endpoint.__struct_fields__})
    except FileNotFoundError as error:
        raise NotRunningError("Understudy is not running", "No agent has left its address", START) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotRunningError(
            "Understudy cannot be reached", f"{path.name} could not be read ({error})", START
        ) from error


def _typed(name: str, value: object) -> Any:
    expected = int if name in ("port", "pid") else str
    if not isinstance(value, expected):
        raise TypeError(f"{name} is not {expected.__name__}")
    return value


def remove_endpoint(path: Path, token: str) -> bool:
    """Remove the file if it is still the one with this token; False = it was not ours, or not there."""
    try:
        if read_endpoint(path).token != token:
            return False
        path.unlink()
    except (NotRunningError, FileNotFoundError):
        return False
    return True
