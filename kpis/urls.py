"""Addresses of the pages of KPIs."""

from django.urls import path

from kpis.views.definition import kpi_delete, kpi_edit, kpi_new
from kpis.views.entry import kpi_value_check, kpi_value_undo, kpi_values
from kpis.views.formula import kpi_formula
from kpis.views.listing import kpi_list
from kpis.views.overrides import kpi_status, kpi_status_end
from kpis.views.page import kpi_detail, kpi_values_csv
from kpis.views.parts import kpi_forecast, kpi_series, kpi_signals, kpi_variance
from kpis.views.restatements import period_lock, restatement_decide, restatement_list
from kpis.views.step_changes import kpi_step_change, kpi_step_change_delete, kpi_step_changes
from kpis.views.targets import kpi_targets
from kpis.views.upload import batch_columns, batch_decide, batch_detail, kpi_upload

urlpatterns = [
    path("kpis/", kpi_list, name="kpi-list"),
    path("kpis/new/", kpi_new, name="kpi-new"),
    path("kpis/upload/", kpi_upload, name="kpi-upload"),
    path("kpis/batches/<str:code>/", batch_detail, name="batch-detail"),
    path("kpis/batches/<str:code>/columns/", batch_columns, name="batch-columns"),
    path("kpis/batches/<str:code>/<str:decision>/", batch_decide, name="batch-decide"),
    path("kpis/restatements/", restatement_list, name="restatement-list"),
    path("kpis/restatements/<str:code>/<str:decision>/", restatement_decide, name="restatement-decide"),
    path("kpis/locks/", period_lock, name="period-lock"),
    path("kpis/<str:code>/", kpi_detail, name="kpi-detail"),
    path("kpis/<str:code>/edit/", kpi_edit, name="kpi-edit"),
    path("kpis/<str:code>/delete/", kpi_delete, name="kpi-delete"),
    path("kpis/<str:code>/values/", kpi_values, name="kpi-values"),
    path("kpis/<str:code>/values/check/", kpi_value_check, name="kpi-value-check"),
    path("kpis/<str:code>/values/undo/", kpi_value_undo, name="kpi-value-undo"),
    path("kpis/<str:code>/status/", kpi_status, name="kpi-status"),
    path("kpis/<str:code>/status/end/", kpi_status_end, name="kpi-status-end"),
    path("kpis/<str:code>/formula/", kpi_formula, name="kpi-formula"),
    path("kpis/<str:code>/targets/", kpi_targets, name="kpi-targets"),
    path("kpis/<str:code>/step-changes/", kpi_step_changes, name="kpi-step-changes"),
    path("kpis/<str:code>/step-changes/<str:period>/", kpi_step_change, name="kpi-step-change"),
    path("kpis/<str:code>/step-changes/<str:period>/delete/", kpi_step_change_delete, name="kpi-step-change-delete"),
    path("kpis/<str:code>/signals/", kpi_signals, name="kpi-signals"),
    path("kpis/<str:code>/forecast/", kpi_forecast, name="kpi-forecast"),
    path("kpis/<str:code>/variance/", kpi_variance, name="kpi-variance"),
    path("kpis/<str:code>/series/", kpi_series, name="kpi-series"),
    path("kpis/<str:code>/values.csv", kpi_values_csv, name="kpi-values-csv"),
]
