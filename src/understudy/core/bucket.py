"""A bucket: one stream of events from an ActivityWatch client."""

from typing import Any

from understudy.core.value import Millis, Value


class Bucket(Value):
    """One stream, as its client made it."""

    id: str
    type: str
    """What its events are: currentwindow, afkstatus, web.tab.current, app.editor.activity, ..."""
    client: str
    hostname: str
    created_at: Millis
    name: str = ""
    data: dict[str, Any] = {}
