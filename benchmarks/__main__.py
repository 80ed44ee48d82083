"""Start a demo portal of its own, measure, print a table, write `var/bench.json`."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import requests

from objectives.rollup import GraphArrays, SideArrays, roll_up_arrays
from tests.portal import Portal, running_portal

ROUNDS = 40
TARGETS = {
    "value posted → figure at the top readable": 2000.0,
    "list of 50 KPIs, JSON": None,
    "one objective, JSON": None,
    "explanation of an objective, JSON": None,
    "first page, HTML": None,
    "alignment, HTML": None,
    "server's answer to nothing (healthz)": None,
    "roll-up of 1,000,000 nodes in memory": 2000.0,
}


@dataclass(frozen=True)
class Row:
    """One measured thing: milliseconds, and the ratio of its median to the server's answer to nothing."""

    name: str
    rounds: int
    median_ms: float
    p95_ms: float
    target_ms: float | None
    ratio: float | None = None


def main() -> int:
    rows = [roll_up_row()]
    with running_portal() as portal:
        client = machine(portal)
        floor = timed("server's answer to nothing (healthz)", lambda: get(client, f"{portal.url}/healthz"))
        rows.append(floor)
        rows.extend(pages(portal, client, floor.median_ms))
        rows.append(latency(portal, client))
    for row in rows:
        target = f"{row.target_ms:8.0f}" if row.target_ms else "       –"
        ratio = f"{row.ratio:6.1f} ×" if row.ratio else "       –"
        print(f"{row.name:<45} median {row.median_ms:8.1f} ms   p95 {row.p95_ms:8.1f} ms   target {target}   {ratio}")
    path = Path("var/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), "rows": [asdict(row) for row in rows]}, indent=1))
    return 0


def machine(portal: Portal) -> requests.Session:
    """A client with a token that reads and writes values."""
    email, _password = portal.sign_in_of("strategy")
    said = portal.manage("issue_token", email, "--organization", "KESTRANE", "--scope", "read", "--scope", "kpi:write")
    client = requests.Session()
    client.headers["Authorization"] = f"Bearer {next(word for word in said.split() if word.startswith('cmo'))}"
    return client


def pages(portal: Portal, client: requests.Session, floor: float) -> Iterator[Row]:
    api = f"{portal.url}/api/v1"
    person = signed_in(portal)
    yield timed("list of 50 KPIs, JSON", lambda: get(client, f"{api}/kpis/?page_size=50"), floor)
    yield timed("one objective, JSON", lambda: get(client, f"{api}/objectives/S2/"), floor)
    yield timed("explanation of an objective, JSON", lambda: get(client, f"{api}/objectives/S2/explain/"), floor)
    yield timed("first page, HTML", lambda: get(person, f"{portal.url}/"), floor)
    yield timed("alignment, HTML", lambda: get(person, f"{portal.url}/alignment/"), floor)


def signed_in(portal: Portal) -> requests.Session:
    email, password = portal.sign_in_of("executive")
    person = requests.Session()
    page = person.get(f"{portal.url}/", timeout=30)
    form = {"username": email, "password": password, "csrfmiddlewaretoken": person.cookies["csrftoken"], "next": "/"}
    person.post(page.url, data=form, headers={"Referer": page.url}, timeout=30).raise_for_status()
    return person


def latency(portal: Portal, client: requests.Session) -> Row:
    """From the POST of a value to the changed progress of the strategic objective above it, read by REST."""
    api = f"{portal.url}/api/v1"
    kpi = get(client, f"{api}/kpis/K-13/").json()
    top = f"{api}/objectives/S2/"
    taken = []
    for number in range(ROUNDS):
        before = get(client, top).json()["progress"]
        began = time.perf_counter()
        body = [{"kpi": kpi["code"], "period": kpi["period"], "value": str(82 + number % 60 / 10)}]
        client.post(f"{api}/measurements/", json=body, timeout=30).raise_for_status()
        while get(client, top).json()["progress"] == before:
            if time.perf_counter() - began > 20:
                raise SystemExit("the figure at the top did not change within 20 s")
            time.sleep(0.01)
        taken.append((time.perf_counter() - began) * 1000)
    return row_of("value posted → figure at the top readable", taken)


def roll_up_row() -> Row:
    """The arithmetic alone, on arrays: a tree of six levels and a million nodes."""
    size = 1_000_000
    dice = np.random.default_rng(7)
    child = np.arange(1, size, dtype=np.int64)
    parent = (child - 1) // 12
    nothing = SideArrays.empty(size)
    is_leaf = np.arange(size) > (size - 2) // 12
    known = np.where(is_leaf, dice.random(size), np.nan)
    state = np.where(is_leaf, 0, 2).astype(np.int8)
    direct = SideArrays(known, known.copy(), is_leaf.astype(float), state, nothing.known, nothing.total)
    graph = GraphArrays(
        ids=np.arange(size, dtype=np.int64),
        mode=np.zeros(size, dtype=np.int8),
        counts=np.ones(size, dtype=np.bool_),
        direct=direct,
        manual_progress=np.full(size, np.nan),
        manual_expected=np.full(size, np.nan),
        blend=np.full(size, np.nan),
        child=child,
        parent=parent,
        weight=dice.random(size - 1),
    )
    taken = []
    for _round in range(5):
        began = time.perf_counter()
        roll_up_arrays(graph, cap=1.0, coverage_floor=0.5)
        taken.append((time.perf_counter() - began) * 1000)
    return row_of("roll-up of 1,000,000 nodes in memory", taken)


def timed(name: str, ask: Callable[[], object], floor: float | None = None) -> Row:
    """Median and 95th percentile over the rounds, after three that do not count."""
    for _warm_up in range(3):
        ask()
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return row_of(name, taken, floor)


def row_of(name: str, taken: list[float], floor: float | None = None) -> Row:
    median = statistics.median(taken)
    p95 = statistics.quantiles(taken, n=20)[-1]
    return Row(name, len(taken), median, p95, TARGETS[name], median / floor if floor else None)


def get(client: requests.Session, url: str) -> requests.Response:
    answer = client.get(url, timeout=30)
    answer.raise_for_status()
    return answer


if __name__ == "__main__":
    sys.exit(main())
