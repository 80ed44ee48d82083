"""Pages of the messages: one's own, and what became of everything that was to be sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from alerts.forms.post import post_filters_from
from alerts.models import Delivery
from alerts.reports.deliveries import letters, sendings
from alerts.services.deliveries import mark_read, repeat_delivery
from alerts.tasks import ring_sender
from organization.access import MemberRequest, member_required
from organization.records import Conflict


@require_safe
@member_required
def message_list(request: MemberRequest) -> HttpResponse:
    """What has reached the person inside the portal."""
    before = post_filters_from(request.GET).before
    return render(request, "alerts/messages.html", {"letters": letters(request.actor, before=before)})


@require_POST
@member_required
def messages_read(request: MemberRequest) -> HttpResponseBase:
    """Mark one message as read, or all of them where none is named."""
    uid = _uuid(request.POST.get("uid", ""))
    count = mark_read(request.actor, at=request.at, uids=None if uid is None else [uid])
    text = ngettext("%(count)s message marked as read.", "%(count)s messages marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("alert-messages")


@require_safe
@member_required
def delivery_list(request: MemberRequest) -> HttpResponse:
    """Everything that was to be sent to the person, or to anybody for those who keep the organization's post."""
    shown = sendings(request.actor, post_filters_from(request.GET))
    return render(request, "alerts/deliveries.html", {"sendings": shown})


@require_POST
@member_required
def delivery_repeat(request: MemberRequest, uid: UUID) -> HttpResponseBase:
    """Send again what has not arrived."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.actor), uid=uid)
    try:
        repeat_delivery(delivery, actor=request.actor, at=request.at)
    except Conflict as error:
        messages.warning(request, str(error))
    else:
        ring_sender()
        messages.success(request, _("It is being sent again."))
    return redirect(f"{reverse('alert-deliveries')}{post_filters_from(request.GET).query()}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
