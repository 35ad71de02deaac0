"""Commands by which the person decides."""

import click

from understudy.core.suggestion import Answer, Suggestion
from understudy.core.trust import Tier
from understudy.engine.views import RunCard, WorkflowCard
from understudy.interfaces.cli import show
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import verb
from understudy.interfaces.cli.ids import suggestion_id, workflow_id
from understudy.interfaces.cli.outcome import follow, show_outcome


@verb()
@suggestion_id
@click.option("--always", is_flag=True, help="And from now on without asking, where that is offered.")
@answers(show_outcome)
def approve(thing: str, *, always: bool) -> RunCard | Suggestion:
    """Say yes to a suggestion, or to a run that waits for you."""
    answer = Answer.ALWAYS if always else Answer.DO
    answered = client().post(f"/api/suggestions/{thing}/answer", Suggestion, answer=answer.value)
    return follow(answered.run_id) if answered.run_id else answered


@verb()
@suggestion_id
@click.option("--never", is_flag=True, help="And never offer it again.")
@answers(show.answered)
def refuse(thing: str, *, never: bool) -> Suggestion:
    """Say not now to a suggestion, or no to a run that waits; the run ends there."""
    answer = Answer.NEVER if never else Answer.NOT_NOW
    return client().post(f"/api/suggestions/{thing}/answer", Suggestion, answer=answer.value)


@verb()
@workflow_id
@click.argument("tier", type=click.Choice([tier.value for tier in Tier]))
@click.option("--allow-script", is_flag=True, help="You have seen its scripts and allow exactly these.")
@answers(show.workflow)
def set_tier(thing: str, tier: str, *, allow_script: bool) -> WorkflowCard:
    """Say how far a workflow may go by itself."""
    return client().post(f"/api/workflows/{thing}/tier", WorkflowCard, tier=tier, consent=allow_script)


COMMANDS: dict[str, click.Command] = {"approve": approve, "refuse": refuse, "tier": set_tier}
