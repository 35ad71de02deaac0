"""Secrets in a dictionary. Keeps the `Secrets` port."""

from understudy.core.ports import Capability
from understudy.core.secret import check_secret
from understudy.errors import CapabilityMissingError, NotFoundError


class FakeSecrets:
    """Keeps them for the test."""

    def __init__(self, **kept):
        self.kept = dict(kept)
        self.failing = ""
        """Set to a reason: they cannot be reached."""

    def get(self, name):
        if self.failing:
            raise CapabilityMissingError(f"The secret {name} cannot be read", self.failing)
        if name not in self.kept:
            raise NotFoundError(f"There is no secret {name}", fix=f"Set it: understudy secrets set {name}")
        return self.kept[name]

    def put(self, name, value):
        check_secret(name, value)
        if self.failing:
            raise CapabilityMissingError(f"The secret {name} cannot be kept", self.failing)
        self.kept[name] = value

    def delete(self, name):
        self.get(name)
        del self.kept[name]

    def names(self):
        return tuple(sorted(self.kept))

    def availability(self):
        return Capability(name="secrets", state="ready", text="Secrets are kept by the test")
