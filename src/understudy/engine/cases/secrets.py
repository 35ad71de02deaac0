"""Secrets: which there are and where they are kept; setting and removing one. A value never comes back out."""

from collections.abc import Callable
from concurrent.futures import Future

from understudy.core.value import Value
from understudy.engine.cases.base import Cases
from understudy.engine.replies import from_worker


class SecretsCard(Value):
    """The secrets, without any of them."""

    names: tuple[str, ...]
    place: str
    """Where they are kept, in words."""
    is_encrypted: bool
    """Whether none of them lies openly in a file."""


class SecretCases(Cases):
    """All of it on a worker: a keyring may wait for its password."""

    def secrets(self) -> Future[SecretsCard]:
        """Look which secrets there are."""
        return self._after(lambda: None)

    def set_secret(self, name: str, value: str) -> Future[SecretsCard]:
        """Keep a secret under a name, in place of an earlier one."""
        return self._after(lambda: self._context.secrets.put(name, value))

    def delete_secret(self, name: str) -> Future[SecretsCard]:
        """Forget one."""
        return self._after(lambda: self._context.secrets.delete(name))

    def _after(self, change: Callable[[], None]) -> Future[SecretsCard]:
        """Make the change on a worker, then look."""
        secrets = self._context.secrets

        def card() -> SecretsCard:
            change()
            place = secrets.availability()
            return SecretsCard(names=secrets.names(), place=place.text, is_encrypted=place.state == "ready")

        return from_worker(self._context.workers, card)
