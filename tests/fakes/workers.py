"""Workers without threads: a job has been done when `submit` returns."""

from collections.abc import Callable

from understudy.errors import StoppedError


class InlineWorkers:
    """Keeps the `Workers` port on the caller's thread; what a job raises is kept for the test to look at."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self._stopped = False

    def submit(self, job: Callable[[], None]) -> None:
        if self._stopped:
            raise StoppedError("Nothing new is started", "Understudy is ending")
        try:
            job()
        except Exception as error:  # noqa: BLE001 - as on a thread, the one who submits does not see it
            self.failures.append(error)

    def stop(self) -> None:
        self._stopped = True
