"""What a service refuses, as one remark above the page, where no form could show it."""

from django.core.exceptions import ValidationError

from organization.records import InvalidRows

MOST = 3
"""So many problems of single rows are named."""


def remark_of(refusal: ValidationError | InvalidRows) -> str:
    """The first few problems in words."""
    if isinstance(refusal, InvalidRows):
        return " ".join(problem.message for problem in refusal.problems[:MOST])
    return " ".join(refusal.messages)
