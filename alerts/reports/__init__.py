"""What the pages of alerts show: actor and filters in, frozen dataclasses out. Reads only."""

from alerts.reports.inbox import Inbox, inbox
from alerts.reports.reading import Reading, reading_of
from alerts.reports.rules import RuleLine, rule_lines

__all__ = ["Inbox", "Reading", "RuleLine", "inbox", "reading_of", "rule_lines"]
