"""What the engine says begins as what is shown; every KPI gets its outlook, waiting to be worked out."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kpis", "0005_statistics_and_statements")]
    operations = [
        migrations.RunSQL(
            "UPDATE kpis_kpifigures SET computed_state = state, computed_colour = colour, computed_rule = rule",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "INSERT INTO kpis_kpioutlook (kpi_id, stale, points, signal_rule, signal_nature, assurance, provisional, "
            "season_removed, forecast_method, steps, methods) "
            "SELECT id, true, 0, '', '', '', false, false, '', '[]', '[]' FROM kpis_kpi",
            "DELETE FROM kpis_kpioutlook",
        ),
    ]
