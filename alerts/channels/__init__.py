"""How messages leave the house: one module for each kind of channel, and the sender that goes through what is due."""

from alerts.channels.sender import BATCH, deliver

__all__ = ["BATCH", "deliver"]
