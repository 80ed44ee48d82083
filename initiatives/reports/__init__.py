"""What the pages of initiatives show: actor and filters in, frozen dataclasses out. Reads only."""

from initiatives.reports.page import InitiativePage, initiative_page
from initiatives.reports.portfolio import Portfolio, budgets_by_objective, portfolio

__all__ = ["InitiativePage", "Portfolio", "budgets_by_objective", "initiative_page", "portfolio"]
