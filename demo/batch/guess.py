"""What the first rows of a table say: whether the first names the columns, and which hold texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

TEXT_NAMES = ("text", "headline", "title")  # a column of such a name is the one to read
# Of the words of a name like theirs each is a noun or a qualifier, and one at least a noun.
_NOUNS = set(
    "text texts headline headlines title titles sentence sentences "
    "titre titres titel titulo título títulos titolo titoli titular titulares schlagzeile "
    "schlagzeilen überschrift überschriften texte textes texto textos testo testi manchete "
    "заголовок заголовки текст 제목 표제 헤드라인 텍스트 标题 標題 見出し タイトル".split()
)
_MAYBE = set(  # also the values of a column of kinds
    "body content contents article articles description descriptions summary summaries abstract "
    "news tweet message document snippet lede caption subject 기사 본문 新闻".split()
)
_QUALIFIERS = set(
    "news article raw clean cleaned original full short long main input en english the my of web "
    "post page story".split()
)
_VALUE = re.compile(r"[+-]?\d[\d.,:/ tz%+-]*|\S+://\S+|true|false", re.I)  # a number, date, address
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
MOST_WORDS = 4  # of a name of a column of texts


def key(name: str) -> str:
    """A name as it is compared."""
    return name.strip().casefold()


def names_text(row: Sequence[str], wanted: str = "") -> bool:
    """Whether a row names the wanted column, or one that is known to hold texts."""
    return any((bool(wanted) and key(cell) == key(wanted)) or _is_name(cell) for cell in row)


def is_header(first: Sequence[str], others: Sequence[Sequence[str]], wanted: str = "") -> bool:
    """Whether the first row names the columns; `others` are rows below it, as long as it.

    An empty cell proves nothing: an index has no name. Numbers do, unless a column of texts is
    named beside them or they count the columns, as those of a data frame without names.
    """
    names = [key(cell) for cell in first if cell.strip()]
    if names_text(first, wanted):
        return True
    if not names or not others:
        return False
    column = longest(others)
    below = list(zip(*others, strict=True))
    if names == [str(number) for number in range(len(names))]:
        return not _VALUE.fullmatch(others[0][column].strip() or "0")
    if len(set(names)) < len(names) or any(map(_VALUE.fullmatch, names)):
        return False
    if any(map(_is_maybe_name, first)):
        return not any(cell and cell in cells for cell, cells in zip(first, below, strict=True))
    if len(first) == 1:
        return False
    for name, cells in zip(first, below, strict=True):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if name.strip() and filled and all(map(_VALUE.fullmatch, filled)):
            return True
    mean = sum(map(len, below[column])) / len(others)
    return 2 * len(first[column]) < mean


def text_column(names: Sequence[str], wanted: str = "") -> int | None:
    """The column that its name says to read, or None."""
    keys = [key(name) for name in names]
    for name in (key(wanted), *TEXT_NAMES):
        if name and name in keys:
            return keys.index(name)
    return next((index for index, name in enumerate(names) if _is_name(name)), None)


def longest(rows: Sequence[Sequence[str]]) -> int:
    """The column with the most words; an address is long and yet one word."""
    columns = list(zip(*rows, strict=True))
    sizes = [(sum(len(text.split()) for text in c), sum(map(len, c))) for c in columns]
    return sizes.index(max(sizes))


def _is_name(name: str, nouns: set[str] = _NOUNS) -> bool:
    words = {word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", name))}
    return bool(words & nouns) and words <= nouns | _QUALIFIERS and len(words) <= MOST_WORDS


def _is_maybe_name(name: str) -> bool:
    return _is_name(name, _NOUNS | _MAYBE)
