"""The REST API as a whole: its addresses, its one error shape, its pages, its limits."""
