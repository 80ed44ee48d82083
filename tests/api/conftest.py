"""Clients of the API and the company they speak of."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from organization.choices import Scope
from organization.models import User
from tests.factories import Company, make_company


@pytest.fixture
def company(db: Any) -> Company:
    return make_company()


@pytest.fixture
def client_of(company: Company) -> Callable[..., APIClient]:
    """A client with a token of the person: every scope unless some are named."""

    def make(user: User, *scopes: Scope) -> APIClient:
        client = APIClient(raise_request_exception=True)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {company.token(user, *scopes)}")
        return client

    return make


@pytest.fixture
def olga(company: Company, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(company.olga)


@pytest.fixture
def alice(company: Company, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(company.alice)


@pytest.fixture
def dora(company: Company, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(company.dora)
