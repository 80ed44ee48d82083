"""Texts in the reader's language: the main text is in the organization's language, translations lie beside it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Translated(models.Model):
    """Adds `translations`, e.g. `{"fr": {"title": "…"}}`, and `text("title")` in the reader's language."""

    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        abstract = True

    def text(self, field: str) -> str:
        """The field in the active language when a translation exists, else the main text."""
        return local_text(getattr(self, field), self.translations, field)


def full_text(*columns: str) -> SearchVector:
    """Columns and translations as words for searching; written once, so that queries find the index on it."""
    return SearchVector(*columns, Cast("translations", models.TextField()), config="simple")


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first names of a list as a sentence shows them: K-1, K-2 … where there are more than that."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def local_text(main: str, translations: dict[str, Any] | None, field: str) -> str:
    """As `Translated.text`, for rows read as plain values."""
    language = (get_language() or "")[:2]
    found = (translations or {}).get(language, {}).get(field)
    return str(found or main)
