"""The French texts: complete, with the same places for words, compiled, and set as French is set."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.template import engines
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = ROOT / "templates"
CATALOGUE: Final = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
APPS: Final = (
    "alerts",
    "audit",
    "cmo_portal",
    "dashboards",
    "initiatives",
    "integrations",
    "kpis",
    "objectives",
    "organization",
)

HARD: Final = "\u00a0"
PLACE: Final = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|</?\w+>|%%")
UNSET: Final = (
    (re.compile("'"), "a straight apostrophe"),
    (re.compile(r"\.\.\."), "three dots"),
    (re.compile(rf"[^{HARD}][:;!?](?=\s|$)"), "no hard space before : ; ! or ?"),
    (re.compile(f"[^{HARD}]»"), "no hard space before »"),
    (re.compile(f"«[^{HARD}]"), "no hard space after «"),
    (re.compile(r'["“”]'), "quotation marks that are not French"),
    (re.compile(rf"[^{HARD}%]%(?![(%])"), "no hard space before %"),
    (re.compile("  "), "two spaces"),
)
PROTOCOL: Final = ("Authorization:", "If-Match:")
"""Names of headers keep their colon."""

Message = tuple[str, str, str]
"""Context, source text and its plural; empty where there is none."""


class Entry:
    """One message of the catalogue with its French texts: one, or one for each number."""

    def __init__(self) -> None:
        self.context = ""
        self.source = ""
        self.plural = ""
        self.texts: dict[int, str] = {}
        self.is_fuzzy = False

    @property
    def message(self) -> Message:
        return (self.context, self.source, self.plural)


def entries(path: Path) -> list[Entry]:
    found, current, part = [Entry()], "", 0
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if not line:
            found.append(Entry())
            continue
        if line.startswith("#"):
            found[-1].is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        if not line.startswith('"'):
            word, _space, line = line.partition(" ")
            current, _bracket, number = word.partition("[")
            part = int(number.rstrip("]") or 0)
        _take(found[-1], current, part, ast.literal_eval(line))
    return [entry for entry in found if entry.source or entry.texts]


def _take(entry: Entry, name: str, part: int, text: str) -> None:
    if name == "msgctxt":
        entry.context += text
    elif name == "msgid":
        entry.source += text
    elif name == "msgid_plural":
        entry.plural += text
    else:
        entry.texts[part] = entry.texts.get(part, "") + text


ENTRIES: Final = entries(CATALOGUE)
MESSAGES: Final = [entry for entry in ENTRIES if entry.source]


def in_python(path: Path) -> Iterator[Message]:
    """The messages a module names, those inside of f-strings included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        called = re.fullmatch(r"_|(n?)(p?)gettext(?:_lazy|_noop)?", name)
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if called and words:
            context = words.pop(0) if called[2] else ""
            yield context, words[0], words[1] if called[1] else ""


def in_template(path: Path) -> Iterator[Message]:
    """The messages a template shows; a percent sign is doubled in them, as the tags look them up."""
    source = path.read_text("utf-8")
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for found in re.finditer(r"""_\((["'])(.+?)\1\)""", source):
        yield "", found[2].replace("%", "%%"), ""
    for node in engine.get_template(str(path.relative_to(TEMPLATES))).nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield context_of(node), str(node.filter_expression.var.literal).replace("%", "%%"), ""
        elif isinstance(node, BlockTranslateNode):
            one, many = (node.render_token_list(tokens or [])[0] for tokens in (node.singular, node.plural))
            yield context_of(node), one, many


def context_of(node: TranslateNode | BlockTranslateNode) -> str:
    return str(node.message_context.var) if node.message_context else ""


def sources() -> set[Message]:
    modules = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    found = {message for path in modules for message in in_python(path)}
    return found | {message for path in TEMPLATES.rglob("*.html") for message in in_template(path)}


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def flaws(text: str) -> list[str]:
    for name in PROTOCOL:
        text = text.replace(f"{name} ", "")
    return [why for pattern, why in UNSET if pattern.search(text)]


def test_every_message_of_the_sources_is_in_the_catalogue() -> None:
    assert sorted(sources() - {entry.message for entry in MESSAGES}) == []


def test_no_message_stands_both_alone_and_with_a_plural() -> None:
    found = sources()
    alone = {(context, one) for context, one, many in found if not many}
    assert sorted(alone & {(context, one) for context, one, many in found if many}) == []


def test_every_message_has_its_french_texts() -> None:
    wanted = {entry.message: [0, 1] if entry.plural else [0] for entry in MESSAGES}
    assert {entry.message: sorted(n for n, text in entry.texts.items() if text) for entry in MESSAGES} == wanted
    assert [entry.source for entry in ENTRIES if entry.is_fuzzy] == []


def test_french_texts_keep_the_places_for_words() -> None:
    """A singular may leave out its number: "the only one"; nothing else is lost and nothing added."""
    lost = [
        (entry.source, text)
        for entry in MESSAGES
        for number, text in entry.texts.items()
        if places(text) not in ([places(entry.source)] if number == 0 else [places(entry.plural)])
    ]
    assert lost == []


def test_compiled_catalogue_is_the_written_one() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written: dict[object, str] = {}
    for entry in ENTRIES:
        source = f"{entry.context}\x04{entry.source}" if entry.context else entry.source
        for number, text in entry.texts.items():
            written[(source, number) if entry.plural else source] = text
    assert compiled == written


def test_header_tells_the_rule_of_plurals() -> None:
    header = next(entry for entry in ENTRIES if not entry.source).texts[0].splitlines()
    assert "Plural-Forms: nplurals=2; plural=(n > 1);" in header
    assert "Language: fr" in header


def test_french_texts_are_set_as_french() -> None:
    found = {text: flaws(text) for entry in MESSAGES for text in entry.texts.values() if flaws(text)}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"Pourquoi{HARD}? «{HARD}oui{HARD}», 5{HARD}%, à 06:00", 0),
        ("Pourquoi ?", 1),
        ("Pourquoi?", 1),
        ("non ; oui", 1),
        ("« oui »", 2),
        ("5 %", 1),
        ("l'écart", 1),
        ("Authorization: Bearer", 0),
    ],
)
def test_flaws_are_seen(text: str, count: int) -> None:
    assert len(flaws(text)) == count
