"""Where somebody's own reader is to be had: a folder, or a repository of the Hugging Face hub.

What is fetched from the hub is fetched once, into the cache that huggingface_hub keeps, and only
the files that a reader needs: no pickle, and no code.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import enable_progress_bars, filter_repo_objects

log = logging.getLogger(__name__)
LARGEST_BYTES = 3 * 10**9  # of a repository's files together
MEGABYTE = 10**6
WEIGHTS = "model*.safetensors"
FILES = (
    *("config.json", "reader.json", WEIGHTS, "model.safetensors.index.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("vocab.txt", "vocab.json", "merges.txt", "*.model"),
)
OLD_WEIGHTS = "pytorch_model.bin"  # a pickle
IN_FOLDERS = "*/*"  # checkpoints of a trainer, weights for other frameworks
SYNTAX = "NAME=FOLDER or NAME=ORG/NAME[@REVISION], either with #LABEL,LABEL,... after it"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_REPOSITORY = re.compile(r"[\w.-]+(?:/[\w.-]+)?")


@dataclass(frozen=True)
class Source:
    """A folder, or a repository of the hub at a revision, and labels that somebody named for it."""

    place: str
    revision: str | None = None
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Source:
        """What "FOLDER" or "ORG/NAME[@REVISION]" says, with "#LABEL,LABEL" after it or without."""
        if Path(text).is_dir():
            return cls(text)
        place, _, named = text.partition("#")
        labels = tuple(label.strip() for label in named.split(",")) if named else ()
        if Path(place).is_dir():
            return cls(place, labels=labels)
        place, _, revision = place.partition("@")
        return cls(place, revision or None, labels)

    def folder(self) -> Path:
        """The folder, fetched if it must be.

        Raises ValueError with one sentence if it is not to be had.
        """
        if (path := Path(self.place).expanduser()).is_dir():
            return path
        if not _REPOSITORY.fullmatch(self.place) or self.place.startswith("."):
            raise ValueError(f"{self.place} is no folder, and no name of the Hugging Face hub.")
        return fetch(self.place, self.revision)


def conversion(place: str, folder: str = "FOLDER") -> str:
    """How a person who trusts old weights gets safetensors of them."""
    return (
        f"{OLD_WEIGHTS} is never opened, since it may run code; if you trust it, convert it by "
        'python -c "from transformers import AutoModelForSequenceClassification as M, '
        f"AutoTokenizer as T; M.from_pretrained('{place}').save_pretrained('{folder}'); "
        f"T.from_pretrained('{place}').save_pretrained('{folder}')\", and read {folder}"
    )


def sources(named: Iterable[str]) -> dict[str, str]:
    """Where each reader of a command line is to be had, by name; the last one of a name counts.

    Raises ValueError with one sentence if one is not written as `SYNTAX` says.
    """
    found = {}
    for one in named:
        name, equals, place = one.partition("=")
        if not equals or not place or not _NAME.fullmatch(name):
            raise ValueError(f"{one[:80]!r} is no reader: write {SYNTAX}.")
        found[name] = place
    return found


def fetch(repository: str, revision: str | None = None) -> Path:
    """The folder of a repository's files in the cache; what is not there is fetched first.

    A revision is a commit, a branch or a tag; without one, what was fetched first stays. Raises
    ValueError with one sentence if there is none, it cannot be reached, is too large or holds no
    safetensors.
    """
    what = f"{repository}@{revision}" if revision else repository
    kept: Any = {"allow_patterns": list(FILES), "ignore_patterns": IN_FOLDERS}
    try:
        cached = Path(
            snapshot_download(repository, revision=revision, local_files_only=True, **kept)
        )
    except LocalEntryNotFoundError:
        cached = None
    if cached and any(cached.glob(WEIGHTS)):
        return cached
    try:
        info = HfApi().model_info(repository, revision=revision, files_metadata=True)
        size = _size(what, info.siblings or ())
        log.info("%s: fetching %.0f MB, commit %s.", what, size / MEGABYTE, info.sha)
        started = time.monotonic()
        enable_progress_bars()
        folder = snapshot_download(repository, revision=revision, **kept)
        log.info("%s: fetched in %.0f s.", what, time.monotonic() - started)
        return Path(folder)
    except GatedRepoError:
        raise ValueError(f"{what} is closed: ask for access and set HF_TOKEN.") from None
    except RevisionNotFoundError:
        raise ValueError(f"{repository} has no revision {revision}.") from None
    except RepositoryNotFoundError:
        raise ValueError(f"{repository} is no folder, and the hub knows no such name.") from None
    except (HTTPError, OSError):
        if cached and (cached / OLD_WEIGHTS).is_file():
            raise ValueError(_in_old_weights(what)) from None
        raise ValueError(
            f"{what} is no folder, it is not in the cache of Hugging Face, and the hub cannot be "
            "reached: connect to the network once, or name a folder."
        ) from None


def _in_old_weights(what: str) -> str:
    return f"{what} has its weights in {OLD_WEIGHTS}: {conversion(what.partition('@')[0])}."


def _size(what: str, files: Sequence[Any]) -> int:
    """The bytes of a repository's files that would be fetched.

    Raises ValueError with one sentence if they are too many, or no weights are among them.
    """
    names = [file.rfilename for file in files]
    wanted = list(
        filter_repo_objects(
            files,
            allow_patterns=list(FILES),
            ignore_patterns=IN_FOLDERS,
            key=lambda file: file.rfilename,
        )
    )
    if not any(file.rfilename.endswith(".safetensors") for file in wanted):
        if OLD_WEIGHTS in names:
            raise ValueError(_in_old_weights(what))
        raise ValueError(f"{what} has no weights in safetensors: name another repository.")
    size = sum(file.size or 0 for file in wanted)
    if size > LARGEST_BYTES:
        raise ValueError(
            f"{what} would be {size / MEGABYTE:,.0f} MB, and {LARGEST_BYTES / MEGABYTE:,.0f} MB "
            "are allowed: name a smaller one, or a folder."
        )
    return size
