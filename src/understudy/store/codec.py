"""Values to JSON text and back, and text made valid UTF-8: what crosses the border of the databases."""

from operator import is_
from typing import Any, TypeVar

import msgspec

from understudy.core.capture import Capture
from understudy.errors import InvalidInputError, StoreError

T = TypeVar("T")


def encode(value: object) -> str:
    """Return the JSON of a value. Raises InvalidInputError when it holds what JSON cannot say."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_scrubbed_tree(msgspec.to_builtins(value))).decode()
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidInputError(
            "This cannot be stored", str(error), "Use plain JSON values: text, numbers, lists, tables"
        ) from error


def decode(text: str, kind: type[T]) -> T:
    """Read a value back. Raises StoreError when the stored text is not one."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise StoreError(
            f"A stored {kind.__name__} cannot be read",
            str(error),
            "Restore a copy of journal.db from the folder backups",
        ) from error


def decode_any(text: str) -> Any:
    """Read a plain JSON value back."""
    return decode(text, object)


def scrubbed(text: str) -> str:
    """Return valid Unicode: surrogate pairs joined, lone surrogates as U+FFFD, anything else as it is."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def scrubbed_capture(capture: Capture) -> Capture:
    """Return the capture as the store keeps it: valid text, without process id and mark."""
    texts = (capture.source, capture.app, capture.title, capture.url, capture.text, capture.run_id)
    clean = [scrubbed(text) for text in texts]
    if not capture.pid and not capture.value and all(map(is_, texts, clean)):
        return capture
    source, app, title, url, text, run_id = clean
    return msgspec.structs.replace(
        capture, source=source, app=app, title=title, url=url, text=text, run_id=run_id, pid=0, value=""
    )


def _scrubbed_tree(value: Any) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, dict):
        return {_scrubbed_tree(key): _scrubbed_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed_tree(item) for item in value]
    return value
