"""Shape and type of what people send to the pages of KPIs."""

from kpis.forms.filters import KpiFilters, filters_from
from kpis.forms.override import OverrideForm, has_ended
from kpis.forms.restatement import DecisionForm, LockForm
from kpis.forms.upload import ColumnsForm, UploadForm, columns_initial
from kpis.forms.value import NumberField, ValueForm, seen_text

__all__ = [
    "ColumnsForm",
    "DecisionForm",
    "KpiFilters",
    "LockForm",
    "NumberField",
    "OverrideForm",
    "UploadForm",
    "ValueForm",
    "columns_initial",
    "filters_from",
    "has_ended",
    "seen_text",
]
