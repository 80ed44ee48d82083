"""Pages of the initiatives."""
