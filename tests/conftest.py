"""What holds for every test."""

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

# A busy machine is no finding: properties are judged by their examples, not by the clock.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Limits counted in one test do not reach the next."""
    cache.clear()
