"""What the pages of alerts take: how the inbox is narrowed, answers, rules; `post` is about messages and channels."""

from alerts.forms.answers import AssignForm, CloseForm, SnoozeForm
from alerts.forms.inbox import ENDED, OPEN, PENDING, SNOOZED, InboxFilters, filters_from
from alerts.forms.rules import RuleForm

__all__ = [
    "ENDED",
    "OPEN",
    "PENDING",
    "SNOOZED",
    "AssignForm",
    "CloseForm",
    "InboxFilters",
    "RuleForm",
    "SnoozeForm",
    "filters_from",
]
