"""The `ltree` column: a department's path as labels of ids, e.g. `1.7.12`."""

from typing import Any

from django.db import models


class LtreeField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL `ltree`; labels are primary keys, so PostgreSQL 15 takes them and a rename never moves a path."""

    description = "ltree path"

    def db_type(self, connection: Any) -> str:
        return "ltree"


@LtreeField.register_lookup
class BelowAny(models.Lookup):
    """`path__below_any=["1.7", "1.9"]`: at or below one of the paths; one index scan per path."""

    lookup_name = "below_any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (list(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} <@ {rhs}::ltree[]", (*lhs_params, *rhs_params)
