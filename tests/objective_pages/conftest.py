"""A small company, and somebody signed in."""

import pytest
from django.test import Client

from organization.models import User
from tests.factories import Company, make_company


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def alice(company: Company) -> Client:
    """The manager of the sales department, in her browser."""
    return signed_in(company.alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
