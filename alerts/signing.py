"""Standard Webhooks (standardwebhooks.com): what a receiver checks to know that a message is ours, and new."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 32


def new_secret() -> str:
    """32 random bytes, as receivers' libraries take them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signed_headers(name: str, body: bytes, secret: str, *, at: datetime) -> dict[str, str]:
    """The three headers: id, timestamp, and `v1,` with base64(HMAC-SHA256(key, "id.timestamp.body"))."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    timestamp = str(int(at.timestamp()))
    signature = hmac.digest(key, f"{name}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
