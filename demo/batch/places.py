"""Files and folders, here or on any filesystem that pyarrow opens (s3://, gs://, hdfs://)."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from pyarrow import ArrowInvalid, fs

_PATTERN = re.compile(r"[*?\[]")


def opened(place: str) -> tuple[fs.FileSystem, str]:
    """The filesystem of a path or an address, and the path there.

    Raises ValueError with one sentence if pyarrow knows no such filesystem.
    """
    if "://" not in place:
        return fs.LocalFileSystem(), os.path.abspath(place)
    try:
        return fs.FileSystem.from_uri(place)
    except (ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{place} cannot be opened: {reason[:200]}") from None


def is_there(place: str) -> bool:
    """Whether there is a file or a folder at a path or an address."""
    filesystem, path = opened(place)
    return filesystem.get_file_info(path).type != fs.FileType.NotFound


def files(place: str) -> tuple[fs.FileSystem, list[fs.FileInfo]]:
    """The files that a path, a folder or a pattern names, by path; hidden ones do not count.

    In a pattern `*`, `?` and `[...]` stand for parts of one name. Raises ValueError with one
    sentence if there are none.
    """
    fixed, pattern = _split(place)
    filesystem, path = opened(fixed)
    if pattern:
        below = filesystem.get_file_info(_within(path))
        found = [one for one in below if PurePosixPath(one.path).match(f"{path}/{pattern}")]
    else:
        info = filesystem.get_file_info(path)
        found = filesystem.get_file_info(_within(path)) if _is_folder(info) else [info]
    named = [one for one in found if one.is_file and one.base_name[:1] not in "._"]
    if not named:
        raise ValueError(f"There is no file at {place}.")
    return filesystem, sorted(named, key=lambda one: one.path)


def filesystem_of(place: str) -> fs.FileSystem:
    """The filesystem of a path, an address or a pattern."""
    return opened(_split(place)[0])[0]


def _split(place: str) -> tuple[str, str]:
    """The folder before a pattern and the pattern, or the place and nothing."""
    parts = place.split("/")
    fixed = next((at for at, part in enumerate(parts) if _PATTERN.search(part)), len(parts))
    return "/".join(parts[:fixed]) or ("/" if place[:1] == "/" else "."), "/".join(parts[fixed:])


def _is_folder(info: fs.FileInfo) -> bool:
    return info.type == fs.FileType.Directory


def _within(folder: str) -> fs.FileSelector:
    return fs.FileSelector(folder, recursive=True, allow_not_found=True)
