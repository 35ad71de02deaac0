"""Actions without a desktop: they keep the contract, and every effect is an entry in a list."""

from understudy.core.action import (
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.value import Value


class What(Value):
    """Parameters of every act."""

    what: str = "it"


class Act:
    """Keeps the `Action` contract; what it does and how it fails is chosen by the test."""

    parameters = What
    needs = ()

    def __init__(
        self,
        name,
        *,
        exclusive=False,
        needs_consent=False,
        reversibility=Reversibility.INVERSE,
        idempotent=False,
    ):
        self.name = self.title = name
        self.exclusive = exclusive
        self.needs_consent = needs_consent
        self.reversibility = reversibility
        self.idempotent = idempotent
        self.literal = self.secret = frozenset()
        self.effects = []
        """(what, tag) for each time it was done."""
        self.undone = []
        self.undo_says = Undone(status=UndoStatus.UNDONE)
        self.leaves = True
        """Whether there is something to take back."""
        self.stays = False
        """Whether it leaves something that cannot be."""
        self.will_cause = ()
        self.has_caused = ()
        self.in_prepare = lambda context: None
        self.in_perform = lambda context: None
        self.in_undo = lambda context: None
        self.readies = lambda parameters: parameters

    def check(self, parameters):
        return self.readies(parameters)

    def preview(self, parameters):
        return f"{self.name} {parameters.what}"

    def undo_preview(self, parameters):
        return f"Undo takes {self.name} back."

    def is_idempotent(self, parameters):
        return self.idempotent

    def expects(self, parameters):
        return self.will_cause

    def prepare(self, parameters, context):
        self.in_prepare(context)
        return {"done_before": len(self.effects)}

    def perform(self, parameters, context, before):
        self.in_perform(context)
        self.effects.append((parameters.what, context.tag))
        keeps = self.leaves and self.reversibility is Reversibility.INVERSE
        return Performed(
            output=f"did {parameters.what}",
            undo={"what": parameters.what} if keeps else None,
            stays=self.stays,
            expects=self.has_caused,
        )

    def undo(self, undo, context):
        self.in_undo(context)
        self.undone.append(undo["what"])
        return self.undo_says


def raises(error):
    """Return what makes an act fail with this error."""

    def fail(context):
        raise error

    return fail


def all_acts():
    """One act of each sort, by name."""
    acts = (
        Act("open"),
        Act("notify", idempotent=True),
        Act("script", needs_consent=True),
        Act("type", exclusive=True),
        Act("send", reversibility=Reversibility.NONE),
    )
    return {act.name: act for act in acts}
