"""Slack's incoming webhooks: blocks, and the same as plain text for notifications."""

import json
from typing import Any, Final

from alerts.channels.outgoing import failure_of, post
from alerts.channels.webhook import JSON
from alerts.messages import Line, Message
from alerts.services.sending import Failure

LONGEST_HEADER: Final = 150
LONGEST_TEXT: Final = 2900
MARKS: Final = {"red": "🔴", "amber": "🟠"}


def send(url: str, message: Message) -> Failure | None:
    answer = post(url, json.dumps(body_of(message), ensure_ascii=False).encode(), JSON)
    return answer if isinstance(answer, Failure) else failure_of(answer)


def body_of(message: Message) -> dict[str, Any]:
    """Heading, what happened, the worst ones, the link, why it comes."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(message.subject, LONGEST_HEADER)}},
        _section(escaped(message.intro)),
        *(_section(_line(line)) for line in message.lines),
    ]
    if message.more:
        blocks.append(_section(escaped(message.more)))
    blocks.append(_section(f"<{message.url}|{escaped(message.link)}>"))
    if message.why:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(message.why)}]})
    return {"text": _cut(f"{message.subject} {message.url}", LONGEST_TEXT), "blocks": blocks}


def escaped(text: str) -> str:
    """The three characters that Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _line(line: Line) -> str:
    mark = MARKS.get(line.colour, "⚪")
    title = escaped(line.title).replace("|", "¦")
    return f"{mark} <{line.url}|{title}>" + (f"\n{escaped(line.detail)}" if line.detail else "")


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, LONGEST_TEXT)}}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
