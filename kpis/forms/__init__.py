"""Shape and type of what people send to the pages of KPIs."""

from kpis.forms.filters import KpiFilters, filters_from
from kpis.forms.value import NumberField, ValueForm, seen_text

__all__ = ["KpiFilters", "NumberField", "ValueForm", "filters_from", "seen_text"]
