"""What is watched, what is the matter, who is told."""

from alerts.models.alerts import Alert, LastSeen
from alerts.models.deliveries import Channel, Delivery
from alerts.models.groups import AlertGroup
from alerts.models.rules import AlertRule
from alerts.models.subscriptions import MuteWindow, Subscription

__all__ = ["Alert", "AlertGroup", "AlertRule", "Channel", "Delivery", "LastSeen", "MuteWindow", "Subscription"]
