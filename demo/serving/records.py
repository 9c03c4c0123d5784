"""What has been measured of a trained reader: its scores, its evidence and its heads.

`evaluate.py` writes metrics.json, `evidence.py` evidence.json and `atlas.py` atlas.json beside the
weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from demo.reading import ReaderInfo


@dataclass(frozen=True)
class Record:
    """The record of one reader; what has not been measured is empty.

    `test` and `frozen` hold the scores of each variant of the official test split, as metrics.json
    does; `rankings` those of evidence.json, over `evidence_articles`; `atlas` is what atlas.json
    holds, for `demo.analysis.atlas.Atlas.from_json`.
    """

    info: ReaderInfo
    weights_bytes: int
    test: dict[str, dict]
    frozen: dict[str, dict]
    rankings: dict[str, dict]
    evidence_articles: int
    atlas: dict


def record(info: ReaderInfo, weights: Path) -> Record:
    """The record of the reader whose weights lie there; of a damaged file its part is empty."""
    metrics = _json(weights.parent / "metrics.json")
    evidence = _json(weights.parent / "evidence.json")
    return Record(
        info=info,
        weights_bytes=_bytes(weights),
        test=metrics.get("test", {}),
        frozen=metrics.get("frozen", {}).get("test", {}),
        rankings=evidence.get("rankings", {}),
        evidence_articles=evidence.get("articles", 0),
        atlas=_json(weights.parent / "atlas.json"),
    )


def _bytes(weights: Path) -> int:
    """The size of the weights, or of the shards that stand for them."""
    shards = weights.parent.glob(f"{weights.stem}-*{weights.suffix}")
    return sum(file.stat().st_size for file in ([weights] if weights.is_file() else shards))


def _json(file: Path) -> dict:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
