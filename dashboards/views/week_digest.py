"""When a person gets the digest of what is due from them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alerts.choices import DIGEST_HOUR, ChannelKind, DueRhythm
from alerts.models import Subscription
from alerts.services.subscriptions import choose_due_mail
from dashboards.forms import DigestForm
from organization.access import MemberRequest, member_required
from organization.forms import add_errors

UNPROCESSABLE = 422
FIELDS = {"due_rhythm": "rhythm", "due_hour": "hour"}
"""The service's names, and the form's."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def digest(request: MemberRequest) -> HttpResponseBase:
    """The person's word on it: how often, at which hour, in which zone."""
    if request.method != "POST":
        return _page(request, DigestForm(initial=_present(request)))
    form = DigestForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        choose_due_mail(
            said["rhythm"], hour=said["hour"], timezone=said["timezone"], actor=request.actor, at=request.at
        )
    except ValidationError as refusal:
        add_errors(form, refusal, names=FIELDS)
        return _page(request, form, status=UNPROCESSABLE)
    messages.success(request, _("Saved."))
    return redirect("week-digest")


def _present(request: MemberRequest) -> dict[str, object]:
    mine = Subscription.objects.of_organization(request.actor).filter(
        user_id=request.user.pk, own=True, medium=ChannelKind.EMAIL
    )
    row = mine.first()
    if row is None:
        return {"rhythm": DueRhythm.DAILY.value, "hour": DIGEST_HOUR, "timezone": ""}
    return {"rhythm": row.due_rhythm, "hour": row.due_hour, "timezone": row.timezone}


def _page(request: MemberRequest, form: DigestForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "home_zone": request.organization.timezone}
    return render(request, "dashboards/week_digest.html", context, status=status)
