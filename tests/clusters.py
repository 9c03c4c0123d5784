"""A Ray cluster of several one-core nodes on this machine, for tests and benchmarks."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.conftest import ROOT

MEGABYTE = 2**20
STORE_BYTES = 200 * MEGABYTE  # of each node, for what its processes share


@contextmanager
def nodes(count: int, cores: int = 1) -> Iterator[Any]:
    """A `ray.cluster_utils.Cluster` of so many nodes, in which this process is.

    Its `outside` is the address for who is not.
    """
    import ray
    from ray.cluster_utils import Cluster

    each = {"num_cpus": cores, "object_store_memory": STORE_BYTES}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    head = {**each, "include_dashboard": False, "ray_client_server_port": port}
    # Who asks from outside is answered by a process of the head, which has to know the project.
    with patch.dict(os.environ, PYTHONPATH=str(ROOT)):
        cluster = Cluster(initialize_head=True, head_node_args=head)
    cluster.outside = f"ray://127.0.0.1:{port}"
    try:
        for _ in range(count - 1):
            cluster.add_node(**each)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()
