"""The company with a small strategy, and browsers of its people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from organization.models import User
from tests.factories import Company, make_company


@pytest.fixture
def company(db: Any) -> Company:
    return make_company()


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A browser in which the person has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
