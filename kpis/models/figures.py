"""The stored figures of a KPI: its score, and its outlook. Derived rows with one writer each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpis.choices import Flag, Freshness
from kpis.models.definitions import Kpi, value_field
from objectives.choices import Colour, Rule, State


class KpiFigures(models.Model):
    """The narrow result table of the scoring: one row per KPI, written by `kpis.services` alone.

    `state`, `colour` and `rule` are what is shown, a status set by hand included; `computed_…` are what the engine
    says, and what roll-ups use. `coverage` is that of a computed value. `due_at` says when time alone may change the
    figures (the organization's next midnight); `announced` is False until alerts have compared the new state with the
    open alerts.
    """

    kpi = models.OneToOneField(Kpi, on_delete=models.CASCADE, primary_key=True, related_name="figures")
    period = models.DateField(null=True)
    value = value_field("")
    previous_value = value_field("")
    target = value_field("")
    low = value_field("")
    high = value_field("")
    expected = value_field("")
    expected_share = models.FloatField(null=True)
    progress = models.FloatField(null=True)
    attainment = models.FloatField(null=True)
    achieved = models.BooleanField(null=True)
    compliance_rate = models.FloatField(null=True)
    variance = value_field("")
    favourable_variance = value_field("")
    variance_pct = models.FloatField(null=True)
    state = models.CharField(max_length=15, choices=State.choices, default=State.NO_DATA)
    colour = models.CharField(max_length=5, choices=Colour.choices, default=Colour.GREY)
    rule = models.CharField(max_length=12, choices=Rule.choices, default=Rule.NO_DATA)
    computed_state = models.CharField(max_length=15, choices=State.choices, default=State.NO_DATA)
    computed_colour = models.CharField(max_length=5, choices=Colour.choices, default=Colour.GREY)
    computed_rule = models.CharField(max_length=12, choices=Rule.choices, default=Rule.NO_DATA)
    outline_colour = models.CharField(max_length=5, choices=Colour.choices, blank=True)
    freshness = models.CharField(max_length=7, choices=Freshness.choices, default=Freshness.NO_DATA)
    due_on = models.DateField(null=True)
    flags = ArrayField(models.CharField(max_length=10, choices=Flag.choices), default=list)
    growth_pace = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    counts = models.BooleanField(default=False)
    roll_progress = models.FloatField(null=True)
    roll_expected = models.FloatField(null=True)
    recorded_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    announced = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("figures of a KPI")
        verbose_name_plural = _("figures of KPIs")
        indexes = [
            models.Index(
                fields=["due_at", "kpi"], name="kpi_figures_due"
            ),  # used by evaluate_due to claim its messages
            models.Index(fields=["kpi"], name="kpi_figures_unannounced", condition=Q(announced=False)),  # by alerts
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id}: {self.value}"


class KpiOutlook(models.Model):
    """What the past of a KPI says of its present and its future: signals (§11) and forecast (§10).

    Derived from the values and the recorded step changes by `kpis.services.outlook` alone. `stale` is the message that
    they changed since; a worker claims it. `steps` holds the forecast per period ahead, `methods` the errors of all
    candidates; centre and limits are those of the latest phase of the process behaviour chart.
    """

    kpi = models.OneToOneField(Kpi, on_delete=models.CASCADE, primary_key=True, related_name="outlook")
    stale = models.BooleanField(default=True)
    computed_at = models.DateTimeField(null=True)
    points = models.PositiveIntegerField(default=0)
    signal_period = models.DateField(null=True)
    signal_rule = models.CharField(max_length=12, blank=True)
    signal_nature = models.CharField(max_length=11, blank=True)
    assurance = models.CharField(max_length=20, blank=True)
    centre = value_field("")
    lower_limit = value_field("")
    upper_limit = value_field("")
    provisional = models.BooleanField(default=False)
    season_removed = models.BooleanField(default=False)
    forecast_method = models.CharField(max_length=30, blank=True)
    forecast_period = models.DateField(null=True)
    forecast_value = value_field("")
    forecast_low = value_field("")
    forecast_high = value_field("")
    probability = models.FloatField(null=True)
    forecast_error = models.FloatField(null=True)
    naive_error = models.FloatField(null=True)
    steps = models.JSONField(default=list)
    methods = models.JSONField(default=list)

    class Meta:
        verbose_name = _("outlook of a KPI")
        verbose_name_plural = _("outlooks of KPIs")
        indexes = [
            models.Index(fields=["kpi"], name="kpi_outlook_stale", condition=Q(stale=True)),  # used by refresh_outlooks
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id}: {self.forecast_value}"


class PastForecast(models.Model):
    """A forecast as it was made after a period: kept, so that its accuracy can be shown. One per KPI and period."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="past_forecasts")
    based_on = models.DateField()
    made_at = models.DateTimeField()
    method = models.CharField(max_length=30)
    period = models.DateField()
    value = value_field("")
    low = value_field("")
    high = value_field("")
    probability = models.FloatField(null=True)
    steps = models.JSONField(default=list)

    class Meta:
        verbose_name = _("past forecast")
        verbose_name_plural = _("past forecasts")
        ordering = ["kpi_id", "-based_on"]
        constraints = [models.UniqueConstraint(fields=["kpi", "based_on"], name="past_forecast_once")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.based_on} → {self.period}: {self.value}"
