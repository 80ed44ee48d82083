"""Signing in, signing out, changing to another organization."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from organization.choices import Role
from organization.models import SignInFailure, User
from organization.services import FAILURES_ALLOWED, FAILURES_FORGOTTEN_AFTER
from tests.factories import PASSWORD, Company, MembershipFactory

Browser = Callable[[User], Client]


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(client: Client, email: str, password: str, **extra: str) -> int:
    return client.post("/sign-in/?next=/alignment/", {"username": email, "password": password}, **extra).status_code  # type: ignore[arg-type]


def test_sign_in_leads_to_where_one_wanted(company: Company) -> None:
    alice = with_password(company.alice)
    response = Client().post("/sign-in/?next=/alignment/", {"username": alice.email.upper(), "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/alignment/")  # type: ignore[attr-defined]


def test_sign_in_does_not_lead_to_another_host(company: Company) -> None:
    alice = with_password(company.alice)
    response = Client().post(
        "/sign-in/?next=https://elsewhere.example/", {"username": alice.email, "password": PASSWORD}
    )
    assert response.url == "/"  # type: ignore[attr-defined]


def test_sign_in_refuses_a_wrong_password(company: Company) -> None:
    alice = with_password(company.alice)
    client = Client()
    assert attempt(client, alice.email, "wrong") == 422
    assert "_auth_user_id" not in client.session


def test_sign_in_waits_after_too_many_failures(company: Company) -> None:
    alice = with_password(company.alice)
    client = Client()
    assert [attempt(client, alice.email, "wrong") for _ in range(FAILURES_ALLOWED)] == [422] * FAILURES_ALLOWED
    assert attempt(client, alice.email.upper(), PASSWORD) == 429
    assert "_auth_user_id" not in client.session
    assert attempt(Client(), alice.email, PASSWORD, REMOTE_ADDR="10.0.0.9") == 302


def test_sign_in_forgets_failures_after_a_while(company: Company) -> None:
    alice = with_password(company.alice)
    client = Client()
    for _ in range(FAILURES_ALLOWED):
        attempt(client, alice.email, "wrong")
    SignInFailure.objects.update(first_at=timezone.now() - FAILURES_FORGOTTEN_AFTER - timedelta(seconds=1))
    assert attempt(client, alice.email, PASSWORD) == 302
    assert SignInFailure.objects.count() == 0


def test_sign_out_takes_a_post(company: Company, browser: Browser) -> None:
    client = browser(company.alice)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/").status_code == 302


def test_switch_organization_stays_within_ones_own(company: Company, browser: Browser) -> None:
    MembershipFactory.create(user=company.alice, organization=company.other, role=Role.VIEWER)
    client = browser(company.alice)
    assert client.post("/switch-organization/", {"organization": company.other.code}).status_code == 302
    assert "Umbrella" in client.get("/").content.decode()
    assert client.post("/switch-organization/", {"organization": "NOWHERE"}).status_code == 404
    assert browser(company.bob).post("/switch-organization/", {"organization": company.other.code}).status_code == 404
    assert client.get("/switch-organization/").status_code == 405


def test_language_of_the_browser_goes_before_the_persons(company: Company, browser: Browser) -> None:
    company.alice.language = "fr"
    company.alice.save()
    client = browser(company.alice)
    assert '<html lang="fr"' in client.get("/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/").content.decode()


def test_shell_counts_once_for_each_page(company: Company, browser: Browser, django_assert_num_queries: object) -> None:
    client = browser(company.alice)
    with django_assert_num_queries(5):  # type: ignore[operator]
        client.get("/search/")


def test_the_way_to_the_exchange_is_shown_to_those_who_may_go_it(company: Company, browser: Browser) -> None:
    door = 'href="/integrations/"'
    assert door in browser(company.olga).get("/objectives/").content.decode()
    assert door not in browser(company.alice).get("/objectives/").content.decode()
