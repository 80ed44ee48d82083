"""Shape and type of what people send to the pages of initiatives."""

from initiatives.forms.definition import AllocationRows, InitiativeForm, ServedRow, allocation_rows
from initiatives.forms.filters import NO_STATUS, PortfolioFilters, filters_from
from initiatives.forms.status_update import StatusUpdateForm

__all__ = [
    "NO_STATUS",
    "AllocationRows",
    "InitiativeForm",
    "PortfolioFilters",
    "ServedRow",
    "StatusUpdateForm",
    "allocation_rows",
    "filters_from",
]
