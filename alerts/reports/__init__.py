"""What the pages of alerts show: actor and filters in, frozen dataclasses out. Reads only."""

from alerts.reports.inbox import Inbox, inbox
from alerts.reports.reading import Reading, reading_of
from alerts.reports.rules import KpiRules, RuleLine, RulePage, kpi_rules, rule_page

__all__ = ["Inbox", "KpiRules", "Reading", "RuleLine", "RulePage", "inbox", "kpi_rules", "reading_of", "rule_page"]
