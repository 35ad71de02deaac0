"""uvicorn without its ten wake-ups a second, its signals and its logs. Imported on the first connection."""

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn


class QuietServer(uvicorn.Server):
    """Serves until asked to exit; on a thread other than the main one, so uvicorn leaves signals alone."""

    def __init__(self, app: Any, at_end: Callable[[], None] = lambda: None) -> None:
        """Serve an ASGI application; `at_end` ends what would keep answers open, on the event loop."""
        self._at_end = at_end
        self._loop: asyncio.AbstractEventLoop | None = None
        self._exit = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=2,
            )
        )

    def ask_to_exit(self) -> None:
        """End soon; on any thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._exit.set)

    async def main_loop(self) -> None:
        """Wait to be asked instead of looking ten times a second."""
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:  # asked before there was a loop to tell
            await self._exit.wait()
        self._at_end()
