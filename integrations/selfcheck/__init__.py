"""Check of the engine against a table of worked cases, the product's own or anybody's."""
