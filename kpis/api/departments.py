"""The department tree through the API. It lies here because a headcount weighs KPIs."""

from typing import Any

from kpis.services import change_department_with_weights
from objectives.tasks import ring
from organization.api.views import DepartmentViews as DepartmentTreeViews
from organization.models import Department


class DepartmentViews(DepartmentTreeViews):
    """The department tree."""

    def change_one(self, row: Department, changes: dict[str, Any], version: int | None) -> Department:
        return change_department_with_weights(row, changes, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()
