"""What people and machines do with alerts; one function per thing done."""

from alerts.services.answers import (
    acknowledge_alert,
    assign_alert,
    close_alert,
    reopen_alert,
    snooze_alert,
)
from alerts.services.reconciliation import BATCH, compare_initiatives, reconcile
from alerts.services.rules import (
    EffectiveRule,
    change_rule,
    create_rule,
    delete_rule,
    effective_rules,
    ensure_default_rules,
)
from alerts.services.simulation import Simulation, simulate_rule

__all__ = [
    "BATCH",
    "EffectiveRule",
    "Simulation",
    "acknowledge_alert",
    "assign_alert",
    "change_rule",
    "close_alert",
    "compare_initiatives",
    "create_rule",
    "delete_rule",
    "effective_rules",
    "ensure_default_rules",
    "reconcile",
    "reopen_alert",
    "simulate_rule",
    "snooze_alert",
]
