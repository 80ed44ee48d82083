"""Forecasts of published monthly series, chosen without seeing what they are held against."""

from dataclasses import replace

import pytest

from benchmarks.forecasts import MONTHLY, SHARED, judge, monthly_series, overall


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the published series beside the checkout (../shared/data) are absent")
def test_monthly_forecasts_beat_the_last_value_and_their_interval_holds():
    series = monthly_series()
    assert len(series) >= 6
    assert all(one.points >= 24 for one in series)
    ratio, within = overall([judge(one, replace(MONTHLY, every=5)) for one in series])
    assert ratio < 1
    assert 0.75 <= within <= 0.85
