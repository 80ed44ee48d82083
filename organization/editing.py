"""Forms of what people edit: a record with its version and its texts in every language, references by code or address.

What several of these forms need: the department, a person, a day, something by its code; and what became of the record
while the form was open.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from organization.actors import Actor
from organization.choices import EDITING_ROLES, Language
from organization.drawing import dates
from organization.models import Department, Organization, User, valid_code
from organization.narrowing import Choice, choices_of, department_tree

PEOPLE_LIST: Final = "people-known"
OFFERED: Final = 500
"""So many things at most are offered to choose from; any other can be typed."""

NOTHING: Final = "–"
LONGEST_CODE: Final = 100


def may_edit_somewhere(actor: Actor) -> bool:
    """Whether there is a place where the actor may make and change what the strategy consists of."""
    return not actor.only_reads and actor.paths(EDITING_ROLES) != []


def may_edit_in(actor: Actor, department: Department | None) -> bool:
    """Whether the actor edits what lies in that department; None lies in the whole organization. No query."""
    paths = actor.paths(EDITING_ROLES)
    if actor.only_reads or paths is None:
        return not actor.only_reads
    here = f"{department.path}." if department else ""
    return any(here.startswith(f"{path}.") for path in paths)


def asked_code(request: HttpRequest, name: str) -> str:
    """A code that the address of a new record names: where it belongs."""
    return request.GET.get(name, "").replace("\x00", "")[:LONGEST_CODE]


def people_of(organization_id: int) -> QuerySet[User]:
    """Who has a role in the organization and can be asked: no closed account and no machine."""
    member = Q(memberships__organization_id=organization_id, is_active=True, is_service=False)
    return User.objects.filter(member).distinct()


def people_choices(actor: Actor) -> tuple[Choice, ...]:
    """People to offer as an owner, by name (one query); any other can be typed."""
    rows = people_of(actor.organization_id).order_by("name", "email")[:OFFERED]
    return choices_of(((person.email, str(person)) for person in rows), "")


def code_choices(rows: QuerySet[Any], text: str) -> tuple[Choice, ...]:
    """Things to offer by their code with one of their texts (one query); any other can be typed."""
    offered = rows.order_by("code").only("code", text, "translations")[:OFFERED]
    return choices_of(((row.code, row.text(text)) for row in offered), "")


class DayField(forms.DateField):
    """A day, as browsers let one choose it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, **options})


class CodeChoice(forms.Field):
    """The code of something that the person sees, typed or pasted; `present` is there already and may stay."""

    def __init__(self, rows: QuerySet[Any], *, present: Any = None, **options: Any) -> None:
        self.rows, self.present = rows, present
        super().__init__(**{"required": False, "widget": forms.TextInput(attrs={"maxlength": 100}), **options})

    def clean(self, value: Any) -> Any:
        """The row; None when nothing was typed and nothing has to be."""
        text = str(value or "").replace("\x00", "").strip()
        if not text:
            return super().clean(None)
        if self.present is not None and text == self.present.code:
            return self.present
        found = self.rows.filter(code=text).first()
        if found is None:
            raise ValidationError(_("There is nothing with the code “%(code)s” here."), "reference", {"code": text})
        return found


class FreeCode(forms.CharField):
    """The code of something new; empty where the next free one will do."""

    def __init__(self, model: type[Model], actor: Actor, **options: Any) -> None:
        self.taken = model._default_manager.filter(organization_id=actor.organization_id)
        text = gettext_lazy("What addresses and files call it. Empty: the next free one.")
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(
            **{
                "label": gettext_lazy("Code"),
                "required": False,
                "max_length": 100,
                "help_text": text,
                "validators": [valid_code],
                "widget": widget,
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        if code and self.taken.filter(code=code).exists():
            raise ValidationError(_("“%(code)s” is taken already."), "taken", {"code": code})
        return code


class PersonChoice(forms.CharField):
    """A person of the organization, by e-mail address or by a name that only one has."""

    def __init__(self, actor: Actor, *, present: User | None = None, **options: Any) -> None:
        self.organization_id = actor.organization_id
        self.present = present
        widget = forms.TextInput(attrs={"list": PEOPLE_LIST, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(**{"required": False, "max_length": 254, "widget": widget, **options})

    def clean(self, value: Any) -> Any:
        """The person; None for nobody. Who is there already may stay, also with a closed account."""
        text: str = super().clean(value)
        if not text:
            return None
        if self.present is not None and text.lower() == self.present.email.lower():
            return self.present
        found = list(people_of(self.organization_id).filter(Q(email__iexact=text) | Q(name__iexact=text))[:2])
        if len(found) != 1:
            several = _("Several people are called “%(name)s”: write the e-mail address.")
            nobody = _("Nobody here is called “%(name)s” or has this address.")
            raise ValidationError(several if found else nobody, "reference", {"name": text})
        return found[0]


class DepartmentChoice(forms.ChoiceField):
    """A department in which the actor edits; none only for those who edit the whole organization (one query)."""

    def __init__(self, actor: Actor, *, present: Department | None = None, **options: Any) -> None:
        rows = {row.code: row for row in Department.objects.editable_by(actor).order_by("code")}
        if present is not None:
            rows.setdefault(present.code, present)
        self.rows = rows
        everywhere = actor.paths(EDITING_ROLES) is None
        none = [("", gettext_lazy("None: the whole organization"))] if everywhere else []
        tree = [(one.value, one.text) for one in department_tree(rows.values(), "")]
        super().__init__(choices=[*none, *tree], **{"required": not everywhere, **options})

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class VersionForm(forms.Form):
    """What the person saw."""

    version = forms.IntegerField(min_value=1)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, row by row."""

    key: str
    title: str
    rows: tuple[tuple[BoundField, ...], ...]


@dataclass(frozen=True, slots=True)
class Newer:
    """A field that says something else now than what was typed."""

    label: str
    text: str


class RecordForm(forms.Form):
    """A record that is new (`record` None) or there. `version` is what the person saw of it.

    A form of this kind names its fields in `layout`: sections with rows of fields. Each text in `translated` comes in
    the organization's language and in every other one. `state_of` says how a record fills the form.
    """

    layout: ClassVar[tuple[tuple[str, str | Promise, tuple[tuple[str, ...], ...]], ...]] = ()
    translated: ClassVar[tuple[str, ...]] = ()

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, organization: Organization, record: Any = None, **kwargs: Any) -> None:
        self.actor, self.organization, self.record = actor, organization, record
        stated = {} if record is None else self._filled(record)
        kwargs["initial"] = {**stated, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in self.translated:
            self._translate(name)

    def state_of(self, record: Any) -> dict[str, Any]:
        """The record as the form says it, without version and translations."""
        raise NotImplementedError

    def add_field(self, name: str, field: forms.Field) -> None:
        """A field that depends on who asks."""
        self.fields[name] = field

    @property
    def sections(self) -> Iterator[Section]:
        """What the page shows, in its order; names that the form lacks are left out."""
        for key, title, rows in self.layout:
            shown = tuple(tuple(self._shown(row)) for row in rows)
            yield Section(key, str(title), tuple(row for row in shown if row))

    def clean(self) -> dict[str, Any]:
        """Lines end as they are stored: browsers send two characters for each end."""
        said: dict[str, Any] = super().clean() or {}
        for name, value in said.items():
            if isinstance(value, str):
                said[name] = value.replace("\r\n", "\n")
        return said

    def translations(self) -> dict[str, Any]:
        """The record's translations with what was said; a text that was emptied is gone."""
        kept = {language: dict(texts) for language, texts in (getattr(self.record, "translations", None) or {}).items()}
        for language in self._languages():
            texts = kept.setdefault(language, {})
            for name in self.translated:
                said = self.cleaned_data.get(f"{name}_{language}", "")
                texts[name] = said
                if not said:
                    del texts[name]
        return {language: texts for language, texts in kept.items() if texts}

    def overtaken_by(self, present: Any) -> tuple[Newer, ...]:
        """Somebody else was first: take the present version, so that sending again is a choice; say what differs."""
        newer = []
        for name, value in self._filled(present).items():
            field = self.fields.get(name)
            if field is None or field.widget.is_hidden:
                continue
            bound = self[name]
            shown = _as_typed(bound, value)
            if shown != _as_typed(bound, bound.value()):
                newer.append(Newer(str(bound.label), _said(field, shown, value)))
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("version")] = str(present.version)
        self.data = data
        return tuple(newer)

    def _filled(self, record: Any) -> dict[str, Any]:
        stored: Mapping[str, Mapping[str, str]] = getattr(record, "translations", None) or {}
        texts = {
            f"{name}_{language}": stored.get(language, {}).get(name, "")
            for name in self.translated
            for language in self._languages()
        }
        return {**self.state_of(record), **texts, "version": record.version}

    def _languages(self) -> list[str]:
        return [str(one.value) for one in Language if one.value != self.organization.language]

    def _translate(self, name: str) -> None:
        main = self.fields[name]
        words = {"label": main.label, "language": Language(self.organization.language).label}
        for language in self._languages():
            label = _("%(label)s (%(language)s)") % {**words, "language": Language(language).label}
            longest: int | None = getattr(main, "max_length", None)
            widget = type(main.widget)(attrs={**main.widget.attrs, "lang": language})
            field = forms.CharField(label=label, max_length=longest, required=False, widget=widget)
            self.fields[f"{name}_{language}"] = field
        main.label = _("%(label)s (%(language)s)") % words
        main.widget.attrs["lang"] = self.organization.language

    def _shown(self, names: Iterable[str]) -> Iterator[BoundField]:
        for name in names:
            if name in self.fields:
                yield self[name]
            if name in self.translated:
                for language in self._languages():
                    yield self[f"{name}_{language}"]


def _as_typed(bound: BoundField, value: Any) -> str:
    shown = bound.field.prepare_value(value)
    if isinstance(shown, bool) or isinstance(bound.field, forms.BooleanField):
        return "on" if shown in (True, "on", "true", "True", "1") else ""
    if isinstance(shown, date):
        shown = shown.isoformat()
    return str("" if shown is None else shown).replace("\r\n", "\n").strip()


def _said(field: forms.Field, shown: str, value: Any) -> str:
    """As people read it: the word of a choice, a day in the reader's language."""
    if isinstance(field, forms.ChoiceField):
        words = {str(key): str(text).lstrip("– ") for key, text in list(field.choices)}  # type: ignore[arg-type]
        return words.get(shown, shown) or NOTHING
    if isinstance(field, forms.BooleanField):
        return _("Yes") if shown else _("No")
    if isinstance(value, date) and not isinstance(value, datetime):
        return dates.day(value, language=get_language() or "en")
    return shown or NOTHING
