"""The readers of a page that holds no network: deployments of Ray Serve, asked through handles.

A reader is the application `reader-NAME`. Those that are not deployed yet, the page deploys.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from demo.runtime.cluster import ROOT, connect
from demo.serving.limits import ServingLimits
from demo.serving.panel import Panel, reader_folders, title_of
from demo.serving.records import Record

APPLICATION = "reader-{}"
PAUSE_S = 0.05  # before a question is asked again whose replica died


class ClusterWorker:
    """A reader whose passes run in the replicas of a deployment."""

    def __init__(self, handle: Any, record: Record, limits: ServingLimits):
        self.record, self._handle, self._limits = record, handle, limits
        # Each waits for one answer; more questions than this are not on their way at once.
        self._waiting = ThreadPoolExecutor(limits.questions, record.info.name)

    def ask(self, method: str, arguments: tuple, answer: Future | None = None) -> Future:
        """As `ReaderWorker.ask`."""
        answer = answer or Future()
        self._waiting.submit(self._fill, answer, method, arguments)
        return answer

    def _fill(self, answer: Future, method: str, arguments: tuple) -> None:
        try:
            found = asked(self._handle.ask, self._limits.answer_s, method, arguments)
        except Exception as error:
            return answer.set_exception(error)
        found.give_to(answer)


def asked(method: Any, limit_s: float, *arguments: Any) -> Any:
    """What a method of a handle gives; a question whose replica died is asked again, of another.

    Readers answer the same question alike, so that to ask twice does no harm. Raises TimeoutError.
    """
    from ray.exceptions import ObjectLostError, RayActorError

    end = time.monotonic() + limit_s
    while True:
        try:
            return method.remote(*arguments).result(timeout_s=max(end - time.monotonic(), 0))
        except (RayActorError, ObjectLostError):
            if time.monotonic() > end:
                raise TimeoutError from None
            time.sleep(PAUSE_S)


def load_panel(
    address: str,
    folder: str | Path = ROOT / "trained",
    also: Mapping[str, str | Path] | None = None,
    limits: ServingLimits = ServingLimits(),
) -> Panel:
    """The readers in `folder` and those of `also`, computed by the cluster at an address.

    The names are as those of `demo.serving.panel.load_panel`, the address as
    `demo.runtime.cluster.SYNTAX` says. Raises ValueError with one sentence if Ray is missing, there
    is no cluster or none of the readers can be opened.
    """
    connect(address)
    from ray import serve
    from ray.serve.exceptions import RayServeException

    from demo.serving.replica import reader

    serve.start(proxy_location="Disabled", logging_config={"enable_access_log": False})
    found = reader_folders(Path(folder))
    places = {name: _in_project(place) for name, place in found.items()}
    places |= {name: str(place) for name, place in (also or {}).items()}
    there = serve.status().applications
    new = [
        serve.RunTarget(
            reader({"name": name, "place": place, "limits": vars(limits)}),
            name=APPLICATION.format(name),
            route_prefix=None,
        )
        for name, place in places.items()
        if APPLICATION.format(name) not in there
    ]
    if new:
        serve.run_many(new, wait_for_applications_running=False)
    panel, ends = Panel(limits), time.monotonic() + limits.start_s
    asking = ThreadPoolExecutor(1)  # Ray lets no thread wait that runs a loop, as a notebook's does
    for name in places:
        title = title_of(found[name]) if name in found else name
        try:
            handle = serve.get_app_handle(APPLICATION.format(name))
            answer = asking.submit(asked, handle.record, ends - time.monotonic()).result()
            if answer.error:
                raise answer.error
        except (ValueError, TimeoutError, RayServeException) as error:
            late = f"it has no replica after {limits.start_s:.0f} s: give the cluster more cores"
            why = late if isinstance(error, TimeoutError) else str(error)
            panel.miss(name, title, why)
        else:
            panel.serve(ClusterWorker(handle, answer.found, limits))
    return panel.check(f"by {address}", f"there are no readers in {folder}")


def _in_project(place: Path) -> str:
    """A folder as replicas on other machines find it: theirs lies where the project does."""
    place = place.absolute()
    return str(place.relative_to(ROOT)) if place.is_relative_to(ROOT) else str(place)
