"""The company, and its people in front of pages and the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from organization.choices import Scope
from organization.models import User
from tests.factories import Company, make_company


@pytest.fixture
def company(db: Any) -> Company:
    return make_company()


@pytest.fixture
def browser_of(company: Company) -> Callable[[User], Client]:
    """A browser in which the person is signed in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def client_of(company: Company) -> Callable[..., APIClient]:
    """A client with a token of the person: every scope unless some are named."""

    def make(user: User, *scopes: Scope) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {company.token(user, *scopes)}")
        return client

    return make
