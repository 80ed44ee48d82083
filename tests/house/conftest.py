"""Places that clean up after themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.places import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty place for services of one's own."""
    place = Place(tmp_path / "var")
    yield place
    place.clear()
