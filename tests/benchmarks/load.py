"""Many users at once over HTTP: seconds of each answer, and errors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

LIMIT_S = 60  # for one answer


@dataclass
class Load:
    """What some users saw: seconds of each answer, what went wrong, and seconds in all."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    whole_s: float = 0.0


def ask(client: httpx.Client, url: str, endpoint: str, *values):
    """The answer of an endpoint, by two requests; raises RuntimeError with its sentence."""
    place = f"{url}/gradio_api/call/{endpoint}"
    queued = client.post(place, json={"data": values})
    if queued.status_code != 200:
        raise RuntimeError(queued.text)
    answer = client.get(f"{place}/{queued.json()['event_id']}")
    event, data = answer.text.strip().rsplit("\n\n", 1)[-1].split("\n", 1)
    said = json.loads(data.removeprefix("data: "))
    if event != "event: complete":
        raise RuntimeError(f"{event}: {said}")
    return said[0]


def run(
    url: str,
    endpoint: str,
    users: int,
    texts: list[str],
    *more,
    check: Callable = lambda index, answer: None,
) -> Load:
    """All texts, asked by so many users, each of whom asks again as soon as an answer is there.

    `more` are the other values that the endpoint takes. `check(index, answer)` raises
    AssertionError where the answer is not that to `texts[index]`.
    """
    load = Load()

    def one(index: int) -> None:
        started = time.perf_counter()
        try:
            answer = ask(client, url, endpoint, texts[index], *more)
            load.seconds.append(time.perf_counter() - started)
            check(index, answer)
        except (RuntimeError, httpx.HTTPError, AssertionError) as error:
            load.errors.append(f"{type(error).__name__}: {error}"[:200])

    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    with httpx.Client(timeout=LIMIT_S, limits=limits) as client, ThreadPoolExecutor(users) as pool:
        started = time.perf_counter()
        list(pool.map(one, range(len(texts))))
        load.whole_s = time.perf_counter() - started
    return load
