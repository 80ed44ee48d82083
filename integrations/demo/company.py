"""The companies of the demo as their data files tell them."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from integrations.demo.plan import Plan

ROOM = Path(__file__).parent

Row = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """One data file: `rows("kpis")` are its records, in the order of the file."""

    data: Row

    def rows(self, name: str) -> list[Row]:
        found: list[Row] = self.data[name]
        return found

    @property
    def organization(self) -> Row:
        found: Row = self.data["organization"]
        return found

    @property
    def code(self) -> str:
        return str(self.organization["code"])

    @property
    def languages(self) -> tuple[str, str]:
        """The organization's own language, and the other one."""
        main = str(self.organization["language"])
        return main, "fr" if main == "en" else "en"

    def email(self, local: str) -> str:
        """The address of a person named by the part before the @."""
        for person in self.rows("people"):
            if person["local"] == local and "email" in person:
                return str(person["email"])
        return f"{local}@{self.organization['domain']}"

    def plan(self, now: datetime) -> Plan:
        return Plan(now=now, zone=ZoneInfo(self.organization["timezone"]), **self.data["plan"])


def read_company(name: str) -> Company:
    """`company` is Kestrane Group; `second_company` the small firm beside it."""
    return Company(json.loads((ROOM / f"{name}.json").read_text(encoding="utf-8")))
