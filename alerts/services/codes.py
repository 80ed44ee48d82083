"""Codes of what people make on pages, where nobody wants to think of one."""

from django.db.models import Model

from organization.services import lock_tree


def next_code(model: type[Model], prefix: str, *, organization_id: int) -> str:
    """The first free number after the highest: SUB-12. Serialized until the transaction ends."""
    lock_tree(organization_id)
    taken = model._default_manager.filter(organization_id=organization_id, code__regex=rf"^{prefix}-[0-9]{{1,9}}$")
    highest = max((int(code.rpartition("-")[2]) for code in taken.values_list("code", flat=True)), default=0)
    return f"{prefix}-{highest + 1}"
