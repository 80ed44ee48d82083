"""A strategy that is known from one moment on, and changed in every respect at another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from initiatives.services import refresh_delivery
from kpis.services import evaluate_all
from objectives.models import Objective
from objectives.services import roll_up_all
from tests.permissions.world import World, make_world


@dataclass(frozen=True)
class Known:
    """The company of the permission table, its figures computed at the moment from which on it is known."""

    world: World
    at: datetime


def compute(organization_id: int, at: datetime) -> None:
    """The live figures, by the functions that `manage.py rebuild` calls."""
    evaluate_all(at=at, organization_id=organization_id)
    refresh_delivery(Objective.objects.filter(organization_id=organization_id).values_list("pk", flat=True), at=at)
    roll_up_all(at=at, organization_id=organization_id)


@pytest.fixture
def known(db: Any) -> Known:
    world, at = make_world(), timezone.now()
    compute(world.company.organization.pk, at)
    return Known(world, at)
