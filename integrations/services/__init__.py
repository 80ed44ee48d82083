"""What people and machines do with strategy files; one function per thing done."""

from integrations.services.exporting import export_strategy
from integrations.services.importing import ImportOutcome, Progress, import_strategy, roll_up_imported
from integrations.services.jobs import confirm_import, discard_import, job_errors, run_next_import, submit_import
from integrations.services.planning import ImportPlan, RowPlan, TablePlan, may_exchange, plan_import, require_exchange

__all__ = [
    "ImportOutcome",
    "ImportPlan",
    "Progress",
    "RowPlan",
    "TablePlan",
    "confirm_import",
    "discard_import",
    "export_strategy",
    "import_strategy",
    "job_errors",
    "may_exchange",
    "plan_import",
    "require_exchange",
    "roll_up_imported",
    "run_next_import",
    "submit_import",
]
