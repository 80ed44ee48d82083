"""Alerts and their rules for REST clients."""
