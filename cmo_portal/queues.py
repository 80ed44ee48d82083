"""Queues by workload, the one static timetable, and the address of the broker."""

from urllib.parse import parse_qs, urlsplit

# Roll-ups must be quick, so nothing slow stands before them; whatever takes longer goes to `bulk`, and what waits for
# machines of others to `deliveries`.
QUEUES = ("default", "rollup", "alerts", "deliveries", "bulk")
TASK_ROUTES = {
    "objectives.tasks.*": {"queue": "rollup"},
    "alerts.tasks.deliver_due": {"queue": "deliveries"},
    "alerts.tasks.*": {"queue": "alerts"},
    "integrations.tasks.*": {"queue": "bulk"},
    "initiatives.tasks.*": {"queue": "bulk"},
    "kpis.tasks.refresh_outlooks": {"queue": "bulk"},
    "dashboards.tasks.*": {"queue": "bulk"},
}

# Short ticks that claim what is due; a tick that comes late or twice does no harm. A tick that nobody took is void.
BEAT_SCHEDULE = {
    "roll up stale objectives": {"task": "objectives.tasks.roll_up_stale", "schedule": 2.0, "options": {"expires": 10}},
    "start the day": {"task": "objectives.tasks.start_day", "schedule": 30.0, "options": {"expires": 60}},
    "evaluate due KPIs": {"task": "kpis.tasks.evaluate_due", "schedule": 5.0, "options": {"expires": 20}},
    "refresh outlooks": {"task": "kpis.tasks.refresh_outlooks", "schedule": 3.0, "options": {"expires": 10}},
    "run waiting imports": {"task": "integrations.tasks.run_imports", "schedule": 5.0, "options": {"expires": 20}},
    "reconcile due alerts": {"task": "alerts.tasks.reconcile_due", "schedule": 2.0, "options": {"expires": 10}},
    "deliver due messages": {"task": "alerts.tasks.deliver_due", "schedule": 3.0, "options": {"expires": 10}},
    "keep alignment": {"task": "initiatives.tasks.keep_alignment", "schedule": 3600.0, "options": {"expires": 3000}},
    "write digests": {"task": "dashboards.tasks.write_due_digests", "schedule": 60.0, "options": {"expires": 120}},
    "compare budgets": {"task": "alerts.tasks.compare_budgets", "schedule": 60.0, "options": {"expires": 120}},
}


def broker_url(redis_url: str) -> str:
    """REDIS_URL in Celery's words: unix:///path?db=1 is redis+socket:///path?virtual_host=1 there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
