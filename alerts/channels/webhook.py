"""JSON to any address, signed. The same delivery has the same `webhook-id` at every attempt."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from alerts.channels.outgoing import failure_of, post
from alerts.models import Channel, Delivery
from alerts.services.sending import Failure
from alerts.signing import signed_headers

JSON: Final = {"Content-Type": "application/json; charset=utf-8"}


def send(delivery: Delivery, channel: Channel, *, at: datetime) -> Failure | None:
    """Signed with the channel's secret at this moment; None when the receiver has said yes."""
    body = body_of(delivery, delivery.payload)
    headers = {**JSON, **signed_headers(name_of(delivery), body, channel.secret, at=at)}
    answer = post(channel.url, body, headers)
    return answer if isinstance(answer, Failure) else failure_of(answer)


def name_of(delivery: Delivery) -> str:
    """What the receiver tells one delivery from another by."""
    return f"msg_{delivery.uid.hex}"


def body_of(delivery: Delivery, payload: Mapping[str, Any]) -> bytes:
    message = payload["message"]
    said = {"title": message["subject"], "text": message["intro"], "language": message["language"]}
    body = {
        "type": f"alerts.{delivery.reason}",
        "timestamp": delivery.created_at.isoformat(),
        "data": {**payload["data"], "message": said},
    }
    # sorted, because the database does not keep the order of keys, and every attempt says the same bytes
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
