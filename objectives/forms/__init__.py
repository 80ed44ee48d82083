"""What the pages of objectives take in."""

from objectives.forms.check_in import CheckInForm
from objectives.forms.filters import ObjectiveFilters, filters_from
from objectives.forms.links import AddLinkForm, EdgeForm, RemovalForm, WeightForm
from objectives.forms.numbers import NumberField
from objectives.forms.objective import ObjectiveForm, objective_start

__all__ = [
    "AddLinkForm",
    "CheckInForm",
    "EdgeForm",
    "NumberField",
    "ObjectiveFilters",
    "ObjectiveForm",
    "RemovalForm",
    "WeightForm",
    "filters_from",
    "objective_start",
]
