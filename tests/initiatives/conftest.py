"""The company, and clients of the API with a token of a person."""

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
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {company.token(user, *scopes)}")
        return client

    return make
