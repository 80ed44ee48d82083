"""Opening an Open SDG data folder. Files are foreign: bounded in size and number, never outside of the folder."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from integrations.connectors.open_sdg.texts import is_key, plain

MAX_FILE: Final = 64 * 1024 * 1024
MAX_YAML: Final = 2 * 1024 * 1024
MAX_FILES: Final = 20_000
MAX_DEPTH: Final = 40
LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Texts, lists and mappings only: no tag of a file makes an object."""

INDICATOR: Final = re.compile(r"[0-9]{1,3}(?:-[0-9a-zA-Z]{1,8}){2,4}\Z")
TRANSLATIONS: Final = ("translations/en", "translations-en")
COMPONENTS: Final = "indicator_calculation_components.yml"
NOTHING: Final = frozenset({"", "null", "~", "none", "n/a"})

Rows = list[list[str]]


class Unreadable(Exception):
    """A file, or the folder, cannot be read; says which and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True)
class Folder:
    """One data folder. `titles` are the texts of goals, targets and indicators, by their translation key."""

    root: Path
    indicators: tuple[str, ...]
    titles: Mapping[str, str]
    components: Mapping[str, Any] = field(default_factory=dict)

    def meta(self, indicator: str) -> dict[str, Any]:
        """What is said about an indicator: configuration, then metadata; the later one wins where it says something."""
        found: dict[str, Any] = {}
        for name in (f"indicator-config/{indicator}.yml", f"meta/{indicator}.yml", f"meta/{indicator}.md"):
            path = _inside(self.root, name)
            if path is not None:
                read = _read_yaml(self.root, path)
                found |= {str(key): value for key, value in read.items() if _says(value) or key not in found}
        return found

    def rows(self, indicator: str) -> Rows | None:
        """The lines of an indicator's file, header first, blank ones left out; None where there is no file."""
        path = _inside(self.root, f"data/indicator_{indicator}.csv")
        if path is None:
            return None
        return _csv_rows(self.root, path)


def open_folder(root: Path) -> Folder:
    """Look at a folder; raises Unreadable when it is none of Open SDG."""
    root = root.resolve()
    if not (root / "data").is_dir():
        raise Unreadable(str(root), "no folder `data` with files indicator_….csv in it")
    names = {path.stem.removeprefix("indicator_") for path in _files(root, "data", "indicator_*.csv")}
    names |= {path.stem for suffix in ("md", "yml") for path in _files(root, "meta", f"*.{suffix}")}
    indicators = sorted((name for name in names if INDICATOR.match(name)), key=_order)
    if not indicators:
        raise Unreadable(str(root), "no indicator: neither data/indicator_1-1-1.csv nor meta/1-1-1.md")
    path = _inside(root, COMPONENTS)
    return Folder(root, tuple(indicators), _titles(root), _read_yaml(root, path) if path else {})


def listed(value: Any) -> list[Any]:
    """A list as it is, anything else as none."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """One text of a file; empty where it says nothing."""
    return "" if not isinstance(value, str) or value.strip().lower() in NOTHING else value.strip()


def _says(value: Any) -> bool:
    return bool(value) if not isinstance(value, str) else bool(text(value))


def _order(indicator: str) -> list[tuple[int, int, str]]:
    """1-2-1 before 1-10-1, numbers before letters."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in indicator.split("-")]


def _titles(root: Path) -> dict[str, str]:
    """`global_goals.1-title` and its like: from tree.csv where there is one, and from the English translations."""
    found: dict[str, str] = {}
    tree = _inside(root, "tree.csv")
    rows = _csv_rows(root, tree) if tree else []
    for row in rows[1:]:
        line = dict(zip(rows[0], row, strict=False))
        for kind in ("goal", "target", "indicator"):
            if line.get(kind) and line.get(f"{kind}_title"):
                found.setdefault(f"global_{kind}s.{line[kind]}-title", plain(line[f"{kind}_title"], between=" · "))
    for folder in TRANSLATIONS:
        for path in _files(root, folder, "*.yml"):
            for key, value in _read_yaml(root, path).items():
                if isinstance(value, str) and not is_key(value):
                    found[f"{path.stem}.{key}"] = plain(value, between=" · ")
    return found


def _files(root: Path, folder: str, pattern: str) -> Iterator[Path]:
    place = root / folder
    if not place.is_dir():
        return
    for number, path in enumerate(sorted(place.glob(pattern))):
        if number >= MAX_FILES:
            raise Unreadable(folder, f"more than {MAX_FILES:,} files")
        yield path


def _inside(root: Path, name: str) -> Path | None:
    """A file of the folder; None where there is none. A link that leads out of the folder is refused."""
    path = root / name
    if not path.is_file():
        return None
    if not path.resolve().is_relative_to(root):
        raise Unreadable(name, "it lies outside of the folder")
    return path


def _read(root: Path, path: Path, most: int) -> str:
    name = str(path.relative_to(root))
    if not path.resolve().is_relative_to(root):
        raise Unreadable(name, "it lies outside of the folder")
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise Unreadable(name, str(error.strerror)) from error
    if len(content) > most:
        raise Unreadable(name, f"larger than {most // 1024 // 1024} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(name, "no text in UTF-8") from error


def _csv_rows(root: Path, path: Path) -> Rows:
    content = _read(root, path, MAX_FILE).replace("\r\n", "\n").replace("\r", "\n")
    try:
        return [row for row in csv.reader(io.StringIO(content, newline="")) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Unreadable(str(path.relative_to(root)), f"no comma-separated values: {error}") from error


def _read_yaml(root: Path, path: Path) -> dict[str, Any]:
    """A mapping; the header of a Markdown file. Aliases are refused: a small file could say a very large one."""
    content = _read(root, path, MAX_YAML)
    name = str(path.relative_to(root))
    if path.suffix == ".md":
        lines = content.split("\n")
        ends = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
        if len(ends) < 2 or ends[0] > 0:
            return {}
        content = "\n".join(lines[ends[0] + 1 : ends[1]])
    try:
        depth = 0
        for event in yaml.parse(content, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
                raise Unreadable(name, "no aliases and no deeper nesting, please")
        read = yaml.load(content, Loader=LOADER)  # noqa: S506 - texts, lists and mappings only
    except yaml.YAMLError as error:
        raise Unreadable(name, f"no YAML: {' '.join(str(error).split())[:200]}") from error
    return read if isinstance(read, dict) else {}
