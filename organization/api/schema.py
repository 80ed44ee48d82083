"""How a resource describes itself in OpenAPI: what goes in, what comes out, which headers, how it refuses."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "row", "code", "message"],
                "properties": {
                    "field": {"type": ["string", "null"]},
                    "row": {"type": ["integer", "null"], "description": "Row of a batch, from 1."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "present": {"type": "object", "description": "With status 412: the state as it is now."},
        "etag": {"type": "string", "description": "With status 412: the ETag of the present state."},
    },
}

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that was read, or `*` for any version. 428 when missing, 412 when stale.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A word of your choice (at most 200 characters): the same request within a day gets the same answer.",
)
AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATE,
    description="Answer as known at the end of this day in the organization's zone; today and later days are now.",
)


class ResourceSchema(AutoSchema):
    """`row_class` describes a list, `detail_class` one item, `input_class` what is written."""

    def get_request_serializer(self) -> Any:
        if getattr(self.view, "action", "") in ("create", "update", "partial_update"):
            return getattr(self.view, "input_class", None) or super().get_request_serializer()
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        action = getattr(self.view, "action", "")
        if action == "list":
            return getattr(self.view, "row_class", None)
        if action in ("retrieve", "create", "update", "partial_update"):
            return getattr(self.view, "detail_class", None)
        return super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        conditional = getattr(self.view, "conditional", False)
        if conditional and self.method in ("PUT", "PATCH", "DELETE"):
            found.append(IF_MATCH)
        if self.method == "POST" and getattr(self.view, "keeps_answers", True):
            found.append(IDEMPOTENCY_KEY)
        if self.method == "GET":
            found.append(AS_OF)
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                "Problem", ResolvedComponent.SCHEMA, PROBLEM, "Problem"
            )
            self.registry.register_on_missing(component)
            content = {"application/problem+json": {"schema": component.ref}}
            operation["responses"]["default"] = {"description": "Any refusal.", "content": content}
        return operation
