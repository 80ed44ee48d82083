"""What readers do on the pages that look across apps, what is due from them, and the digest that tells them."""

from dashboards.services.digests import BATCH as DIGESTS_AT_ONCE
from dashboards.services.digests import write_digests
from dashboards.services.influence import Bearing, Influences, bearings_of, edges_above, influences_of
from dashboards.services.visits import mark_seen
from dashboards.services.week import Due, Subject, due_counts, due_of, mine_to_type

__all__ = [
    "DIGESTS_AT_ONCE",
    "Bearing",
    "Due",
    "Influences",
    "Subject",
    "bearings_of",
    "due_counts",
    "due_of",
    "edges_above",
    "influences_of",
    "mark_seen",
    "mine_to_type",
    "write_digests",
]
