"""The demo: Kestrane Group and a small firm beside it, invented, bilingual, and always seen from today."""

from integrations.demo.company import read_company
from integrations.demo.seed import PASSWORD, seed_demo
from organization.choices import Role

__all__ = ["PASSWORD", "seed_demo", "sign_ins"]


def sign_ins() -> list[tuple[str, str, str]]:
    """One person of each role: the role's name, the e-mail address, the password."""
    company = read_company("company")
    first: dict[str, str] = {}
    for person in company.rows("people"):
        first.setdefault(person["roles"][0][0], company.email(person["local"]))
    return [(str(Role(role).label), email, PASSWORD) for role, email in first.items()]
