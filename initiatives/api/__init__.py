"""Initiatives for REST clients."""
