"""What each page that looks across apps shows: actor and filters in, a frozen dataclass out."""
