"""A generous limit per person and minute: it stops a runaway script, not a busy one."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60


class PerMinuteThrottle(BaseThrottle):
    """Counts per signed-in person, or per address, in windows of a minute; each web process counts for itself.

    One small counter per caller, where the framework's own throttle keeps the time of every request.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        self.rest = WINDOW - now % WINDOW
        who = f"user {request.user.pk}" if request.user.is_authenticated else f"address {self.get_ident(request)}"
        key = f"requests of {who} in {int(now // WINDOW)}".replace(" ", "-")
        cache.add(key, 0, WINDOW)
        try:
            return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE
        except ValueError:  # the window closed between the two lines
            return True

    def wait(self) -> float:
        return self.rest
