"""What readers do on the pages that look across apps."""

from datetime import datetime

from dashboards.models import Visit
from organization.actors import Actor


def mark_seen(*, actor: Actor, at: datetime) -> None:
    """Remember that the person has seen what changed until now. A mark of one reader, so not an event of the ledger."""
    if actor.user_id is not None:
        Visit.objects.update_or_create(
            user_id=actor.user_id, organization_id=actor.organization_id, defaults={"seen_at": at}
        )
