"""Published texts as plain ones: no markup, one space between words, bounded; and what codes are made of them."""

import re
import unicodedata
from collections.abc import Mapping
from hashlib import blake2s
from html.parser import HTMLParser
from typing import Final

BREAKING: Final = frozenset({"br", "p", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol"})
KEY: Final = re.compile(r"[a-z_]+\.[\w.-]+\Z")
"""A text that stands elsewhere, by its translation key."""
SLUG: Final = 40


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKING:
            self.parts.append("\n")


def plain(text: str, *, between: str = "\n") -> str:
    """The text without markup; its paragraphs stand apart by `between`."""
    if "<" in text or "&" in text:
        parser = _Plain()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
        lines = text.split("\n")
    else:
        lines = re.split(r"\n\s*\n", text)
    return between.join(line for line in map(tidy, lines) if line)


def tidy(text: str) -> str:
    """One space between words, no signs that cannot be seen."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def shortened(text: str, most: int) -> str:
    """At most so many characters; a cut is seen."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def is_key(text: str) -> bool:
    """Whether the text names another one."""
    return KEY.match(text) is not None


def series_code(indicator: str, dimensions: Mapping[str, str]) -> str:
    """`1-1-1~15-24-female-0a1b2c3d`: the same breakdown has the same code, in whatever order its columns stand."""
    names = sorted(dimensions)
    said = "\n".join(f"{name}\t{dimensions[name]}" for name in names)
    digest = blake2s(said.encode(), digest_size=4).hexdigest()
    folded = (
        unicodedata.normalize("NFKD", "-".join(dimensions[name] for name in names))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:SLUG].rstrip("-")
    return f"{indicator}~{slug}-{digest}" if slug else f"{indicator}~{digest}"
