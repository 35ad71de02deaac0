"""The second channel: what goes wrong is also told outside this machine, where the person has set an address."""

from understudy.core.template import conceal, reveal
from understudy.engine.context import Context, log, no_trouble, trouble
from understudy.engine.messages import Requested
from understudy.errors import UnderstudyError

NAME = "failure_channel"


def send_far(context: Context, title: str, body: str) -> None:
    """Send from a worker, if there is an address; a failure is shown as a trouble and holds up nothing."""
    address = context.settings.addresses.get(context.settings.failure_channel, "")
    if not address:
        return

    def job() -> None:
        used: dict[str, str] = {}
        try:
            filled, used = reveal(address, {}, context.secrets.get)
            context.messenger.send(str(filled), title, body)
        except UnderstudyError as error:
            words = str(conceal(str(error), used))
            log.warning("the second channel failed: %s", words)
            text = f"Failures cannot be told on the second channel. {words}"
            context.post(Requested(call=lambda _: trouble(context, NAME, text)))
        else:
            context.post(Requested(call=lambda _: no_trouble(context, NAME)))

    context.workers.submit(job)
