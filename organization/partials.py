"""Pages that answer a script with the part that changes, and a browser with all of it."""

from django.http import HttpRequest, HttpResponse


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; going back in the history asks for the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def with_address(request: HttpRequest, response: HttpResponse, query: str) -> HttpResponse:
    """Let the browser show the address of what the part shows; not when the part refreshed itself (`seen`)."""
    if "seen" not in request.GET:
        response.headers["HX-Push-Url"] = request.path + query.removesuffix("?")
    return response
