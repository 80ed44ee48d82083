"""The page of the organization's channels, for those who keep its post."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alerts.forms.post import ChannelChangeForm, ChannelForm, ChannelSubscriptionForm
from alerts.models import Channel
from alerts.models.deliveries import keeps_the_post
from alerts.reports.channels import channel_lines
from alerts.services.channels import add_channel, change_channel, delete_channel, renew_secret, resume_channel
from alerts.services.deliveries import queue_test
from alerts.services.subscriptions import subscribe
from alerts.tasks import ring_sender
from organization.access import MemberRequest, member_required
from organization.editing import VersionForm
from organization.forms import add_errors
from organization.records import Conflict, StaleVersion

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def channel_list(request: MemberRequest) -> HttpResponseBase:
    """All channels; a POST adds one and shows the secret of a webhook this once."""
    _require_post(request)
    if request.method != "POST":
        return _page(request)
    form = ChannelForm(request.POST)
    if form.is_valid():
        try:
            channel, secret = add_channel(form.cleaned_data, actor=request.actor, at=request.at)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(channel)s added.") % {"channel": channel.name})
            return _page(request, secret=secret, secret_of=channel.name) if secret else redirect("alert-channels")
    return _page(request, new=form)


@require_POST
@member_required
def channel_change(request: MemberRequest, code: str) -> HttpResponseBase:
    """Change name and address."""
    channel = _channel(request, code)
    form = ChannelChangeForm(request.POST, auto_id=f"channel-{channel.pk}-%s")
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_channel(channel, form.changes(), actor=request.actor, at=request.at, version=version)
        except ValidationError as error:
            add_errors(form, error)
        except StaleVersion as error:
            form.add_error(None, str(error))
        else:
            ring_sender()
            messages.success(request, _("Saved."))
            return redirect("alert-channels")
    return _page(request, refused=(code, form))


@require_POST
@member_required
def channel_do(request: MemberRequest, code: str, action: str) -> HttpResponseBase:
    """One of the buttons: test, resume, on, off, renew, delete."""
    channel = _channel(request, code)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        if action == "renew":
            changed, secret = renew_secret(channel, actor=request.actor, at=request.at, version=version)
            return _page(request, secret=secret, secret_of=changed.name)
        text = _done(request, channel, action, version)
    except (Conflict, StaleVersion) as error:
        messages.warning(request, str(error))
    else:
        ring_sender()
        messages.success(request, text)
    return redirect("alert-channels")


@require_POST
@member_required
def channel_subscribe(request: MemberRequest) -> HttpResponseBase:
    """A subscription of a channel."""
    _require_post(request)
    form = ChannelSubscriptionForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            subscribe(form.cleaned_data, actor=request.actor, at=request.at)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Subscribed."))
            return redirect("alert-channels")
    return _page(request, subscription=form)


def _done(request: MemberRequest, channel: Channel, action: str, version: int) -> str:
    actor, at = request.actor, request.at
    if action == "test":
        queue_test(channel, actor=actor, at=at)
        return _("A test is on its way. The list of deliveries shows whether it arrives.")
    if action == "resume":
        resume_channel(channel, actor=actor, at=at)
        return _("%(channel)s sends again.") % {"channel": channel.name}
    if action == "delete":
        delete_channel(channel, actor=actor, at=at, version=version)
        return _("Deleted.")
    change_channel(channel, {"enabled": action == "on"}, actor=actor, at=at, version=version)
    return _("Saved.")


def _require_post(request: MemberRequest) -> None:
    if not keeps_the_post(request.actor):
        raise PermissionDenied(_("Channels are for administrators and the strategy office."))


def _channel(request: MemberRequest, code: str) -> Channel:
    """A channel of the person's organization; that there is one is no secret inside it."""
    channel = get_object_or_404(Channel.objects.of_organization(request.actor), code=code)
    _require_post(request)
    return channel


def _page(
    request: MemberRequest,
    *,
    new: Form | None = None,
    subscription: Form | None = None,
    refused: tuple[str, ChannelChangeForm] | None = None,
    secret: str = "",
    secret_of: str = "",
) -> HttpResponse:
    context = {
        "channels": channel_lines(request.actor, refused),
        "refused": refused[0] if refused is not None else "",
        "new": new or ChannelForm(auto_id="new-%s"),
        "adds": new is not None,
        "subscription": subscription or ChannelSubscriptionForm(actor=request.actor, auto_id="sub-%s"),
        "subscribes": subscription is not None,
        "secret": secret,
        "secret_of": secret_of,
    }
    wrong = new is not None or subscription is not None or refused is not None
    response = render(request, "alerts/channels.html", context, status=UNPROCESSABLE if wrong else 200)
    if secret:
        response["Cache-Control"] = "no-store"
    return response
