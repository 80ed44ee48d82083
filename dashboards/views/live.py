"""The small question that open pages ask every two seconds."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from organization.access import MemberRequest, member_required


@require_safe
@member_required
def live(request: MemberRequest) -> HttpResponse:
    """The version of the organization's figures, which the door has read already: no query of its own.

    The past stands still: 0.
    """
    version = request.organization.figures_version if request.as_of is None else 0
    etag = f'"{request.organization.pk}-{version}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse({"version": version})
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
