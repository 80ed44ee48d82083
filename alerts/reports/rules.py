"""The rules: what is watched, where, how patiently, what they replace, and how a rule does on one KPI."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from alerts.choices import INITIATIVE_KINDS, KPI_KINDS, OBJECTIVE_KINDS, OPEN_STATES, AlertState, RuleKind
from alerts.inheritance import RuleBook, is_below
from alerts.models import Alert, AlertRule
from alerts.reports.rule_words import condition_sentence, flaw_word, patience_sentence, place_name
from alerts.reports.words import look_of, state_reason
from alerts.services import EffectiveRule, effective_rules
from alerts.services.subjects import Rule, plain_rule
from kpis.models import Kpi
from organization.actors import Actor
from organization.editing import may_edit_somewhere

FIRING = "firing"
QUIET = "quiet"
OFF = "off"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule. `decides` is for how many KPIs it does (None: it does not watch KPIs), `others` says what else it
    watches; `below` replace it there."""

    code: str
    name: str
    kind_word: str
    place: str
    condition: str
    patience: str
    flaw: str
    enabled: bool
    decides: int | None
    others: str
    below: tuple[str, ...]
    open_alerts: int


@dataclass(frozen=True, slots=True)
class Level:
    """The rules of one level: the organization, departments, single KPIs."""

    key: str
    title: str
    lines: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    levels: tuple[Level, ...]
    may_add: bool


@dataclass(frozen=True, slots=True)
class KpiRule:
    """A rule as it decides for one KPI; `look` is state and colour of its alert there."""

    code: str
    name: str
    kind_word: str
    condition: str
    patience: str
    inherited_from: str
    replaces: tuple[str, ...]
    state: str
    state_word: str
    state_reason: str
    alert: str
    look: tuple[str, str]


@dataclass(frozen=True, slots=True)
class KpiRules:
    """What watches a KPI."""

    code: str
    name: str
    rules: tuple[KpiRule, ...]
    may_add: bool


def rule_page(actor: Actor) -> RulePage:
    """The rules that the actor sees, by level: three queries."""
    rules = list(AlertRule.objects.visible_to(actor).select_related("department", "kpi").order_by("kind", "code"))
    decides, counts = _decides(actor), _open_counts(rules, actor)
    levels: dict[str, list[RuleLine]] = {"organization": [], "department": [], "kpi": []}
    for rule in rules:
        key = "kpi" if rule.kpi_id else "department" if rule.department_id else "organization"
        levels[key].append(_line(rule, rules, decides, open_alerts=counts.get(rule.pk, 0)))
    titles = {
        "organization": _("For the whole organization"),
        "department": _("For departments and everything below"),
        "kpi": _("For single KPIs"),
    }
    shown = tuple(Level(key, titles[key], tuple(lines)) for key, lines in levels.items())
    return RulePage(shown, may_edit_somewhere(actor))


def kpi_rules(actor: Actor, kpi: Kpi) -> KpiRules:
    """The rules that decide for a KPI with what they say now."""
    found = effective_rules(kpi)
    live = Alert.objects.taking_the_place().filter(kpi=kpi, rule__in=[one.rule.pk for one in found])
    alerts = {alert.rule_id: alert for alert in live.select_related("rule")}
    rules = tuple(_kpi_rule(one, alerts.get(one.rule.pk)) for one in found)
    may_add = Kpi.objects.editable_by(actor).filter(pk=kpi.pk).exists()
    return KpiRules(kpi.code, kpi.text("name"), rules, may_add)


def _line(rule: AlertRule, rules: Sequence[AlertRule], decides: Counter[int], *, open_alerts: int) -> RuleLine:
    return RuleLine(
        code=rule.code,
        name=rule.text("name"),
        kind_word=str(RuleKind(rule.kind).label),
        place=place_name(rule),
        condition=condition_sentence(rule),
        patience=patience_sentence(rule),
        flaw=flaw_word(rule),
        enabled=rule.enabled,
        decides=decides[rule.pk] if rule.kind in KPI_KINDS else None,
        others=_others(rule),
        below=tuple(other.code for other in rules if _replaces(other, rule)),
        open_alerts=open_alerts,
    )


def _others(rule: AlertRule) -> str:
    if rule.kind in INITIATIVE_KINDS:
        return _("initiatives")
    return _("objectives") if rule.kind in OBJECTIVE_KINDS and rule.kpi_id is None else ""


def _replaces(other: AlertRule, rule: AlertRule) -> bool:
    """Whether the other rule decides in place of this one somewhere below it."""
    if other.kind != rule.kind or other.pk == rule.pk or rule.kpi_id is not None:
        return False
    if other.kpi_id is None and other.department_id in (None, rule.department_id):
        return False
    if rule.department is None:
        return True
    if other.department is not None:
        return is_below(other.department.path, rule.department.path)
    return False


def _decides(actor: Actor) -> Counter[int]:
    """For how many of the KPIs that the actor sees each rule decides."""
    rows = AlertRule.objects.of_organization(actor).filter(kind__in=KPI_KINDS).select_related("department")
    book: RuleBook[Rule] = RuleBook(plain_rule(rule) for rule in rows)
    places = Kpi.objects.visible_to(actor).order_by().values_list("pk", "department__path")
    found: Counter[int] = Counter()
    for kpi_id, path in places:
        for kind in book.kinds:
            found.update(rule.id for rule in book.applying(kind, kpi_id=kpi_id, path=path))
    return found


def _open_counts(rules: Iterable[AlertRule], actor: Actor) -> dict[int, int]:
    rows = (
        Alert.objects.visible_to(actor).filter(rule__in=[rule.pk for rule in rules], state__in=OPEN_STATES).order_by()
    )
    return dict(rows.values("rule_id").annotate(count=Count("pk")).values_list("rule_id", "count"))


def _kpi_rule(one: EffectiveRule, alert: Alert | None) -> KpiRule:
    rule = one.rule
    flaw = flaw_word(rule)
    state = _state(rule, alert, flaw)
    texts = {OFF: _("Off"), QUIET: _("Quiet"), FIRING: _("Firing")}
    return KpiRule(
        code=rule.code,
        name=rule.text("name"),
        kind_word=str(RuleKind(rule.kind).label),
        condition=condition_sentence(rule),
        patience=patience_sentence(rule),
        inherited_from=place_name(rule) if one.is_inherited else "",
        replaces=one.replaces,
        state=state,
        state_word=texts.get(state) or str(AlertState(state).label),
        state_reason=state_reason(alert) if alert else flaw,
        alert=alert.code if alert else "",
        look=look_of(alert) if alert else ("", ""),
    )


def _state(rule: AlertRule, alert: Alert | None, flaw: str) -> str:
    if not rule.enabled:
        return OFF
    if alert is None:
        return AlertState.ERROR if flaw else QUIET
    return FIRING if alert.state in OPEN_STATES else alert.state
