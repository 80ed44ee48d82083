"""The command that runs tables of worked cases through the engine."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors"
BAND = {"id": "b", "kind": "band", "input": {"attainment": "0.9", "achieved": False}, "expect": {"colour": "amber"}}
ROLLUP = {
    "id": "r",
    "kind": "rollup",
    "input": {
        "nodes": [{"id": "top"}, {"id": "leaf", "measures": [{"progress": "0.25", "expected": "0.5", "weight": "2"}]}],
        "edges": [{"child": "leaf", "parent": "top", "kind": "contributes", "weight": "1"}],
    },
    "expect": {"nodes": {"top": {"progress": 0.25, "coverage": 1, "state": "ok"}}},
}


def run(tmp_path: Path, *cases: dict[str, Any]) -> tuple[int, list[str]]:
    table = tmp_path / "table.json"
    table.write_text(json.dumps({"version": 1, "cases": cases}), encoding="utf-8")
    out = StringIO()
    try:
        call_command("selfcheck", str(table), stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_selfcheck_passes_what_agrees_and_counts_what_is_not_built(tmp_path: Path) -> None:
    later = {"id": "x", "kind": "earned_value", "input": {}, "expect": {}}
    assert run(tmp_path, BAND, ROLLUP, later) == (0, ["not built yet: earned_value, 1 cases", "2 passed, 0 failed"])


def test_selfcheck_names_what_differs(tmp_path: Path) -> None:
    wrong = BAND | {"expect": {"colour": "red", "state": "at_risk"}}
    deep = ROLLUP | {"expect": {"nodes": {"top": {"progress": None, "coverage": 1}, "gone": {"coverage": 0}}}}
    assert run(tmp_path, wrong, deep, BAND) == (
        1,
        [
            'b: expected {"colour": "red"}, got {"colour": "amber"}',
            'r: expected {"nodes": {"top": {"progress": null}, "gone": {"coverage": 0}}}, '
            'got {"nodes": {"top": {"progress": 0.25}, "gone": null}}',
            "1 passed, 2 failed",
        ],
    )


def test_selfcheck_agrees_within_a_millionth_and_null_with_null_only(tmp_path: Path) -> None:
    given = {"baseline": "0", "target": "3", "actual": "1", "direction": "up", "precision": 0}
    case = {"id": "p", "kind": "progress", "input": given}
    assert run(tmp_path, case | {"expect": {"progress": 0.333334}})[0] == 0
    assert run(tmp_path, case | {"expect": {"progress": 0.33334}})[0] == 1
    assert run(tmp_path, case | {"expect": {"progress": None}})[0] == 1
    assert run(tmp_path, case | {"expect": {"flags": ["no_data"]}})[0] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not JSON"),
        ("[]", "not a table"),
        ('{"version": 2, "cases": []}', "version 2"),
        ('{"version": 1, "cases": [7]}', "case 1 is not an object"),
        ('{"version": 1, "cases": [{"id": "a", "kind": "band", "input": {}}]}', "expect"),
        ('{"version": 1, "cases": [{"id": "a", "kind": "horoscope", "input": {}, "expect": {}}]}', "horoscope"),
        (
            '{"version": 1, "cases": [{"id": "a", "kind": "band", "input": {"attainment": "x"}, "expect": {}}]}',
            "attainment",
        ),
    ],
)
def test_selfcheck_refuses_what_is_not_a_table(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "table.json"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=message) as refused:
        call_command("selfcheck", str(table))
    assert refused.value.returncode == 2


def test_selfcheck_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as refused:
        call_command("selfcheck", str(tmp_path / "none.json"))
    assert refused.value.returncode == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason="the worked cases beside the checkout (../shared/vectors) are absent")
def test_selfcheck_agrees_with_the_published_cases() -> None:
    out = StringIO()
    call_command("selfcheck", str(SHARED / "engine.json"), stdout=out)
    assert out.getvalue().splitlines()[-1] == "122 passed, 0 failed"
