"""One reader as a deployment of Ray Serve: replicas of it on any machine of a cluster.

`serve deploy serve.yaml` deploys the readers by `reader`, and so does a page that finds them not
deployed (`demo/serving/cluster.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ray import serve

from demo.models import open_reader
from demo.models.hub import Source
from demo.runtime.cluster import ROOT, one_core
from demo.serving.batching import Answer, answers
from demo.serving.failures import sendable
from demo.serving.limits import ServingLimits
from demo.serving.records import record
from demo.serving.worker import TOGETHER, alone


class ReaderReplica:
    """A reader, all of whose passes run in one thread; what is asked together is one pass.

    A reader that cannot be opened says why instead of its record, and is not tried again.
    """

    def __init__(self, name: str, place: str, limits: ServingLimits):
        batches: tuple[Any, ...] = (self._read, self._classify)  # as `serve.batch` wraps them
        for one in batches:
            one.set_max_batch_size(limits.questions)
        source = Source.of(str(ROOT / place) if (ROOT / place).is_dir() else place)
        self._thread = ThreadPoolExecutor(1, name)
        try:
            folder = source.folder()
            self._reader = open_reader(folder, name, source.labels)
            self._reader.warm_up()
            self._record = Answer(record(self._reader.info, folder / self._reader.weights_file))
        except ValueError as error:
            self._record = Answer(error=ValueError(str(error)))

    async def record(self) -> Answer:
        """The `Record` of the reader."""
        return self._record

    async def ask(self, method: str, arguments: tuple) -> Answer:
        """What a method of the reader gives, as `ReaderWorker.ask` says."""
        if method == "read":
            return await self._read(arguments)
        if method == "classify":
            return await self._classify(arguments)
        return (await self._pass(partial(alone, self._reader, method), [arguments]))[0]

    # Nobody waits for others to come: a batch is what was asked while the one before was computed.
    @serve.batch(batch_wait_timeout_s=0)
    async def _read(self, asked: list[tuple]) -> list[Answer]:
        return await self._pass(partial(TOGETHER["read"], self._reader), asked)

    @serve.batch(batch_wait_timeout_s=0)
    async def _classify(self, asked: list[tuple]) -> list[Answer]:
        return await self._pass(partial(TOGETHER["classify"], self._reader), asked)

    async def _pass(self, ask: Callable[[list], Sequence], asked: list[tuple]) -> list[Answer]:
        """What `ask` gives for what is asked, in the reader's thread."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, answers, ask, asked)
        return [sendable(self._reader.info.name, answer) for answer in found]


def reader(asked: dict[str, Any]) -> serve.Application:
    """The application of one reader: `name`, `place` (as of --reader) and, if others, `limits`."""
    limits = ServingLimits(**asked.get("limits", {}))
    deployment: Any = serve.deployment(
        ReaderReplica,
        name=asked["name"],
        max_ongoing_requests=2 * limits.questions,
        autoscaling_config={
            "min_replicas": limits.replicas_least,
            "max_replicas": limits.replicas_most,
            "target_ongoing_requests": limits.ongoing,
        },
        health_check_period_s=limits.health_s,
        health_check_timeout_s=limits.health_s,
        ray_actor_options={"num_cpus": limits.cores, "runtime_env": one_core()},
    )
    return deployment.bind(asked["name"], asked["place"], limits)
