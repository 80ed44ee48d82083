"""What a message says, in the active language. Pure: from plain values to texts.

`Told` is what has happened, `Message` is how it is put; channels only dress it. A message is kept as it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from alerts.choices import SHOWN_AS, DeliveryReason, RuleKind, Severity, colour_of

WORST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One alert of those that are told: headline and figures are written already, empty where there are none.

    `figures` take the place of value and plan where something else decided.
    """

    severity: str
    headline: str
    subject: str
    figures: str = ""
    value: str = ""
    expected: str = ""
    variance: str = ""
    since: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What has happened to a group of alerts, and to whom it is told. `cases` are the worst ones, the worst first.

    `receiver` says in which role it is told: owner, subscriber or channel.
    """

    reason: str
    receiver: str
    organization: str
    owner: str
    branch: str
    things: Mapping[str, int]
    red: int
    amber: int
    data: int
    cases: Sequence[Case]
    url: str
    subscription: str = ""
    stop_url: str = ""

    @property
    def count(self) -> int:
        return self.red + self.amber + self.data


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a message: what is the matter, the figures, where to look. `colour` red, amber or ""."""

    title: str
    detail: str
    url: str
    colour: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message. `why` says why one gets it, `stop` how to stop it."""

    language: str
    subject: str
    intro: str
    lines: tuple[Line, ...] = ()
    more: str = ""
    url: str = ""
    link: str = ""
    why: str = ""
    stop: str = ""
    stop_url: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def message_from(stored: Mapping[str, Any]) -> Message:
    """The message as it was kept."""
    return Message(**{**stored, "lines": tuple(Line(**line) for line in stored.get("lines", ()))})


def compose(told: Told, *, language: str) -> Message:
    """The message of a group of alerts; `language` is the active one."""
    shown = tuple(line_of(case) for case in told.cases[:WORST_SHOWN])
    left = told.count - len(shown)
    return Message(
        language=language,
        subject=subject_of(told),
        intro=intro_of(told),
        lines=shown,
        more=ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left} if left else "",
        url=told.url,
        link=_("See the alerts"),
        why=why_of(told),
        stop=_("Change what you get") if told.stop_url else "",
        stop_url=told.stop_url,
    )


def compose_test(*, language: str, organization: str, channel: str, url: str) -> Message:
    """What the button "Send a test" sends."""
    words = {"organization": organization, "channel": channel}
    return Message(
        language=language,
        subject=_("Test from %(organization)s") % words,
        intro=_("The channel %(channel)s works: alerts of %(organization)s will arrive here.") % words,
        url=url,
        link=_("Open the portal"),
        why=_("Somebody who keeps the channels of %(organization)s asked for a test.") % words,
    )


def subject_of(told: Told) -> str:
    """One line: how many of what, where; with a single alert, what is the matter."""
    words = {"what": things_of(told.things), "place": told.branch or told.organization}
    if told.reason == DeliveryReason.DIGEST:
        text = _("Alerts of %(organization)s: %(what)s") % {**words, "organization": told.organization}
    elif told.count == 1 and told.cases:
        text = told.cases[0].headline
    elif told.red == told.count:
        text = _("%(what)s off track in %(place)s") % words
    elif told.data == told.count:
        text = _("%(what)s without recent values in %(place)s") % words
    else:
        text = _("%(what)s in need of attention in %(place)s") % words
    return _("Escalated: %(text)s") % {"text": text} if told.reason == DeliveryReason.ESCALATED else text


def intro_of(told: Told) -> str:
    """What happened, as sentences."""
    words = {"what": things_of(told.things), "place": told.branch or told.organization, "owner": told.owner}
    if told.reason == DeliveryReason.ESCALATED and told.owner:
        said = _("No answer yet to alerts on %(what)s of %(owner)s in %(place)s: they have come up to you.") % words
    elif told.reason == DeliveryReason.ESCALATED:
        said = _("No answer to alerts on %(what)s in %(place)s, without an owner: they have come up to you.") % words
    elif told.reason == DeliveryReason.DIGEST:
        said = _("Since your last digest: alerts on %(what)s.") % words
    elif told.owner:
        said = _("New alerts in %(place)s on %(what)s of %(owner)s.") % words
    else:
        said = _("New alerts in %(place)s on %(what)s without an owner.") % words
    return f"{said} {counts_of(told)}"


def counts_of(told: Told) -> str:
    """How many alerts of which severity."""
    parts = []
    if told.red:
        parts.append(npgettext("alerts", "%(count)s off track", "%(count)s off track", told.red) % {"count": told.red})
    if told.amber:
        parts.append(npgettext("alerts", "%(count)s at risk", "%(count)s at risk", told.amber) % {"count": told.amber})
    if told.data:
        parts.append(
            npgettext("alerts", "%(count)s out of date", "%(count)s out of date", told.data) % {"count": told.data}
        )
    return ", ".join(parts) + "."


def things_of(things: Mapping[str, int]) -> str:
    """How many KPIs, objectives and initiatives: "3 KPIs, 1 objective"."""
    parts = []
    if count := things.get("kpi", 0):
        parts.append(ngettext("%(count)s KPI", "%(count)s KPIs", count) % {"count": count})
    if count := things.get("objective", 0):
        parts.append(ngettext("%(count)s objective", "%(count)s objectives", count) % {"count": count})
    if count := things.get("initiative", 0):
        parts.append(ngettext("%(count)s initiative", "%(count)s initiatives", count) % {"count": count})
    return ", ".join(parts)


def headline_of(kind: str, severity: str, name: str, *, behind: str = "") -> str:
    """What is the matter with one thing; `behind` says how far from the plan it is."""
    words = {"name": name, "share": behind}
    if kind == RuleKind.VARIANCE and behind:
        return _("%(name)s: %(share)s behind the plan") % words
    said = {
        RuleKind.THRESHOLD: _("%(name)s: beyond its threshold"),
        RuleKind.VARIANCE: _("%(name)s: far from the plan"),
        RuleKind.SIGNAL: _("%(name)s: a change for the worse beyond ordinary variation"),
        RuleKind.FORECAST: _("%(name)s: likely to miss its target"),
        RuleKind.STALE: _("%(name)s: out of date"),
        RuleKind.CONFIDENCE: _("%(name)s: confidence falls"),
        RuleKind.BUDGET: _("%(name)s: the budget is used ahead of the progress"),
    }
    if kind in said:
        return said[RuleKind(kind)] % words
    return (_("%(name)s: at risk") if severity == Severity.AMBER else _("%(name)s: off track")) % words


def line_of(case: Case) -> Line:
    """One alert with value, expected value, variance and since when."""
    words = {"value": case.value, "expected": case.expected, "variance": case.variance, "since": case.since}
    parts = []
    if case.figures:
        parts.append(case.figures)
    elif case.value and case.expected and case.variance:
        parts.append(_("%(value)s instead of %(expected)s (%(variance)s)") % words)
    elif case.value and case.expected:
        parts.append(_("%(value)s instead of %(expected)s") % words)
    elif case.value:
        parts.append(_("stands at %(value)s") % words)
    if case.since:
        parts.append(_("since %(since)s") % words)
    return Line(
        title=f"{case.headline} ({case.subject})",
        detail=", ".join(parts),
        url=case.url,
        colour=colour_of(case.severity),
        state=SHOWN_AS[case.severity],
    )


def why_of(told: Told) -> str:
    """Why the receiver gets it."""
    if told.reason == DeliveryReason.ESCALATED:
        return _("You get this because nobody below you has answered in time.")
    if told.receiver == "owner":
        return _("You get this because you own what it is about.")
    if told.receiver == "channel":
        words = {"subscription": told.subscription, "organization": told.organization}
        return _("This channel of %(organization)s subscribes to it (%(subscription)s).") % words
    return _("You get this because you subscribed to it (%(subscription)s).") % {"subscription": told.subscription}


@dataclass(frozen=True, slots=True)
class Fact:
    """One alert for machines: figures as text, exact."""

    code: str
    kind: str
    severity: str
    state: str
    opened_at: str
    kpi: str | None
    objective: str | None
    initiative: str | None
    name: str
    value: str | None
    expected: str | None
    variance: str | None
    variance_pct: str | None
    unit: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """The same for machines: what a webhook carries as `data`."""

    organization: str
    reason: str
    group: str | None
    episode: int
    owner: str | None
    branch: str | None
    alerts: int
    red: int
    amber: int
    data: int
    worst: tuple[Fact, ...] = field(default=())
    url: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
