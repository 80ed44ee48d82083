"""Open SDG: the open platform on which countries and cities publish indicators (docs/open-sdg.md).

A data folder becomes a package of strategy files, so that it is checked, compared and stored like any other.
"""

from integrations.connectors.open_sdg.folder import Folder, Unreadable, open_folder
from integrations.connectors.open_sdg.strategy import Strategy, strategy_of
from integrations.connectors.open_sdg.summary import Note, Summary

__all__ = ["Folder", "Note", "Strategy", "Summary", "Unreadable", "open_folder", "strategy_of"]
