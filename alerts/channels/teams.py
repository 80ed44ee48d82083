"""Microsoft Teams, by an incoming webhook or a workflow: an Adaptive Card."""

import json
from typing import Any, Final

from django.utils.translation import gettext as _

from alerts.channels.outgoing import failure_of, post
from alerts.channels.webhook import JSON
from alerts.messages import Line, Message
from alerts.services.sending import Failure

CARD: Final = "application/vnd.microsoft.card.adaptive"
COLOURS: Final = {"red": "Attention", "amber": "Warning"}
SPECIAL: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]#"})
"""What a text block would read as Markdown."""

HIDDEN_LIMIT: Final = "HTTP error 429"
"""Incoming webhooks answer 200 with these words when there were too many messages."""


def send(url: str, message: Message) -> Failure | None:
    answer = post(url, json.dumps(body_of(message), ensure_ascii=False).encode(), JSON, with_body=True)
    if isinstance(answer, Failure):
        return answer
    if answer.status == 200 and HIDDEN_LIMIT in answer.body:
        return Failure(_("Teams takes no more messages for the moment."), out_of_reach=True)
    return failure_of(answer)


def body_of(message: Message) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": message.language,
        "body": [
            _text(message.subject, weight="Bolder", size="Medium"),
            _text(message.intro),
            *(_line(line) for line in message.lines),
            *([_text(message.more)] if message.more else []),
            *([_text(message.why, isSubtle=True, size="Small")] if message.why else []),
        ],
        "actions": [{"type": "Action.OpenUrl", "title": message.link, "url": message.url}],
    }
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}


def _line(line: Line) -> dict[str, Any]:
    title = _text(line.title, weight="Bolder", **({"color": COLOURS[line.colour]} if line.colour in COLOURS else {}))
    items = [title, *([_text(line.detail)] if line.detail else [])]
    return {"type": "Container", "items": items, "selectAction": {"type": "Action.OpenUrl", "url": line.url}}


def _text(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text.translate(SPECIAL), "wrap": True, **look}
