"""A Ray cluster of several one-core nodes on this machine, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MEGABYTE = 2**20
STORE_BYTES = 200 * MEGABYTE  # of each node, for what its processes share


@contextmanager
def nodes(count: int, cores: int = 1) -> Iterator[Any]:
    """A `ray.cluster_utils.Cluster` of so many nodes, in which this process is."""
    import ray
    from ray.cluster_utils import Cluster

    each = {"num_cpus": cores, "object_store_memory": STORE_BYTES}
    cluster = Cluster(initialize_head=True, head_node_args={**each, "include_dashboard": False})
    try:
        for _ in range(count - 1):
            cluster.add_node(**each)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()
