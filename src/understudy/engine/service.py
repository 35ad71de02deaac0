"""Every use case, once: what CLI, API and tray can ask for. On the engine thread, through `Agent.ask`."""

from understudy.core.ports import Intake, Machine
from understudy.engine.cases.buckets import BucketCases
from understudy.engine.cases.captures import CaptureCases
from understudy.engine.cases.deciding import DecidingCases
from understudy.engine.cases.keeping import KeepingCases
from understudy.engine.cases.patterns import PatternCases
from understudy.engine.cases.runs import RunCases
from understudy.engine.cases.secrets import SecretCases
from understudy.engine.cases.tasks import TaskCases
from understudy.engine.cases.templates import TemplateCases
from understudy.engine.cases.triggers import TriggerCases
from understudy.engine.context import Context


class Service(
    RunCases,
    TemplateCases,
    DecidingCases,
    TriggerCases,
    TaskCases,
    PatternCases,
    CaptureCases,
    SecretCases,
    BucketCases,
    KeepingCases,
):
    """The use cases, joined. Each raises an UnderstudyError with what, why and what to do when it cannot."""

    def __init__(self, context: Context, intake: Intake, machine: Machine, version: str) -> None:
        self._context = context
        self._intake = intake
        self._machine = machine
        self._version = version
