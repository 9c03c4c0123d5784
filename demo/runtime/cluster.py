"""A Ray cluster, where somebody asks for one: that Ray is there, and the way into the cluster."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt").relative_to(ROOT)
LOCAL = "local"
SYNTAX = "local (one on this machine), auto (the one that runs here), HOST:PORT or ray://HOST:PORT"
# What other machines need of the project, beside an environment with its requirements.
NOT_SENT = [".git", ".venv", ".ci", ".*_cache", "tests", "**/__pycache__"]


def connect(address: str) -> Any:
    """The package ray, in the cluster at an address as `SYNTAX` says.

    A process that is in a cluster already stays there. Raises ValueError with one sentence if Ray
    is not installed or the cluster cannot be reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    try:
        import ray
    except ImportError:
        raise ValueError(f"A cluster needs Ray: pip install -r {REQUIREMENTS}.") from None
    if ray.is_initialized():
        return ray
    quiet = {"log_to_driver": False, "logging_level": logging.WARNING}
    settings: dict[str, Any] = {"address": address, **quiet}
    if address == LOCAL:
        settings["include_dashboard"] = False
    else:
        settings["runtime_env"] = {"working_dir": str(ROOT), "excludes": NOT_SENT}
    try:
        ray.init(**settings)
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"There is no cluster at {address}: {reason[:200]}") from None
    return ray


def one_core() -> dict[str, dict[str, str]]:
    """The runtime environment of a process whose networks compute on one core."""
    names = ("CPU_CORES", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return {"env_vars": dict.fromkeys(names, "1")}
