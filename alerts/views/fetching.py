"""The alert that an answer is about."""

from django.shortcuts import get_object_or_404

from alerts.models import Alert
from alerts.services.answers import require_answerable
from organization.access import MemberRequest


def answerable_alert(request: MemberRequest, code: str) -> Alert:
    """With its rule and subject; 404 outside of what the person sees, 403 for those who only look on."""
    rows = Alert.objects.visible_to(request.actor).select_related("rule", "kpi", "objective", "initiative")
    alert = get_object_or_404(rows, code=code)
    require_answerable(alert, actor=request.actor)
    return alert
