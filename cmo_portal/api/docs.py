"""The readable documentation of the API, from files of our own."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView

# The viewer writes a style element and draws its icons from data: addresses. Scripts stay ours alone.
RELAXED = {"style-src": ["'unsafe-inline'"]}


@method_decorator(csp_update(RELAXED), name="dispatch")
class DocumentationView(SpectacularSwaggerSplitView):
    """Swagger UI whose script is a file, as the Content-Security-Policy wants it."""
