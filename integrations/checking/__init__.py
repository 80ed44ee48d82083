"""Every fault of a package at once: of its cells, its keys and references, its circles and its KPIs."""

from integrations.checking.cells import BAD, CheckedTable, check_cells
from integrations.checking.package import Checked, check_package, type_package
from integrations.checking.relations import computed_codes
from integrations.checking.series import quotient_stored, scales_of

__all__ = [
    "BAD",
    "Checked",
    "CheckedTable",
    "check_cells",
    "check_package",
    "computed_codes",
    "quotient_stored",
    "scales_of",
    "type_package",
]
