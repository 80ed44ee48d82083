"""The page of what a person gets, where and when; and the link in e-mails that stops them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.http.request import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alerts.forms.post import QuietForm, SubscriptionForm
from alerts.models import MuteWindow, Subscription
from alerts.models.deliveries import keeps_the_post
from alerts.reports.subscriptions import wishes
from alerts.services.composing import receiver_of
from alerts.services.muting import add_mute_window, delete_mute_window
from alerts.services.subscriptions import change_subscription, choose_own_mail, stop_mail, subscribe, unsubscribe
from organization.access import MemberRequest, member_required
from organization.editing import VersionForm
from organization.forms import add_errors
from organization.models import Organization, User
from organization.records import StaleVersion

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def subscription_list(request: MemberRequest) -> HttpResponseBase:
    """What I get; a POST adds a subscription."""
    if request.method != "POST":
        return _page(request)
    form = SubscriptionForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            subscribe(form.cleaned_data, actor=request.actor, at=request.at)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Subscribed."))
            return redirect("alert-subscriptions")
    return _page(request, subscription=form)


@require_POST
@member_required
def own_mail(request: MemberRequest) -> HttpResponseBase:
    """How I hear by e-mail of what I own."""
    try:
        choose_own_mail(request.POST.get("choice", ""), actor=request.actor, at=request.at)
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    else:
        messages.success(request, _("Saved."))
    return redirect("alert-subscriptions")


@require_POST
@member_required
def subscription_change(request: MemberRequest, code: str) -> HttpResponseBase:
    """Switch a subscription on or off, or delete it. Those of channels lead back to the channels."""
    row = get_object_or_404(Subscription.objects.editable_by(request.actor), code=code, own=False)
    back = "alert-subscriptions" if row.channel_id is None else "alert-channels"
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        if "delete" in request.POST:
            unsubscribe(row, actor=request.actor, at=request.at, version=version)
        else:
            said = {"enabled": "on" in request.POST}
            change_subscription(row, said, actor=request.actor, at=request.at, version=version)
    except StaleVersion as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect(back)


@require_POST
@member_required
def quiet_add(request: MemberRequest) -> HttpResponseBase:
    """Quiet hours of mine, or with `everybody` a mute window of the organization."""
    form = QuietForm(request.POST)
    if form.is_valid():
        everybody = "everybody" in request.POST
        try:
            add_mute_window(form.fields_said(), everybody=everybody, actor=request.actor, at=request.at)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("alert-subscriptions")
    return _page(request, quiet=form)


@require_POST
@member_required
def quiet_delete(request: MemberRequest, code: str) -> HttpResponseBase:
    """Delete a window."""
    row = get_object_or_404(MuteWindow.objects.editable_by(request.actor), code=code)
    delete_mute_window(row, actor=request.actor, at=request.at, version=None)
    messages.success(request, _("Deleted."))
    return redirect("alert-subscriptions")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the e-mails, without signing in: asked by GET, done by POST."""
    try:
        user_id, organization_id = receiver_of(token)
    except (BadSignature, ValueError, TypeError):
        raise Http404 from None
    user = get_object_or_404(User, pk=user_id)
    organization = get_object_or_404(Organization, pk=organization_id)
    done = False
    with translation.override(user.language or organization.language):
        if request.method == "POST":
            done = stop_mail(user, organization, at=timezone.now())
        context = {"organization": organization.name, "email": user.email, "done": done}
        response = render(request, "alerts/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: MemberRequest, *, subscription: Form | None = None, quiet: Form | None = None) -> HttpResponse:
    context = {
        "wishes": wishes(request.actor),
        "subscription": subscription or SubscriptionForm(actor=request.actor, auto_id="sub-%s"),
        "adds_subscription": subscription is not None,
        "quiet": quiet or QuietForm(auto_id="quiet-%s"),
        "adds_quiet": quiet is not None,
        "keeps_the_post": keeps_the_post(request.actor),
    }
    status = UNPROCESSABLE if subscription is not None or quiet is not None else 200
    return render(request, "alerts/subscriptions.html", context, status=status)
