"""What people and machines do with strategy files; one function per thing done."""

from integrations.services.exporting import export_strategy
from integrations.services.importing import ImportOutcome, Progress, import_strategy, roll_up_imported
from integrations.services.planning import ImportPlan, RowPlan, TablePlan, plan_import, require_exchange

__all__ = [
    "ImportOutcome",
    "ImportPlan",
    "Progress",
    "RowPlan",
    "TablePlan",
    "export_strategy",
    "import_strategy",
    "plan_import",
    "require_exchange",
    "roll_up_imported",
]
