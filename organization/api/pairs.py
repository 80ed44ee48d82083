"""Things between two others are addressed by both codes: `A~B`. A code may hold a tilde itself."""

from collections.abc import Iterator


def pairs_in(address: str) -> Iterator[tuple[str, str]]:
    """Every way to read the address as two codes; nearly always one."""
    for place, sign in enumerate(address):
        if sign == "~" and 0 < place < len(address) - 1:
            yield address[:place], address[place + 1 :]
