"""The pieces that a tokenizer made of a mended text, as tokens of the user's own text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from demo.mending import Mended
from demo.models.words import spans, token_of
from demo.reading import Token

SPACE = "▁"  # what a picture shows of a piece that is a space alone
_SPACES = frozenset("▁ĠĊĉ")  # as SentencePiece and byte-level tokenizers spell them
MOST_PIECES = 2  # of a part of a word that is known; 97 % of the words in news titles have no more
_PART = re.compile(r"[^\W_]+")


def tokens(
    mended: Mended, places: Sequence[tuple[int, int]], known: Sequence[bool], offset: int = 0
) -> list[Token]:
    """The token of each piece, `places` being those in the mended text, as `trimmed` gives them.

    `offset` is where the text starts in the user's. Two pieces that share a character (of "ﬁ") do
    not overlap: it is the first one's, unless the second is of nothing else. Accents and vowel
    signs that the tokenizer dropped belong to the piece before them. A piece that is a space alone
    is an empty token where the next one starts.
    """
    found: list[Token] = []
    following = len(mended.text)  # where the next piece starts that is more than a space
    for (start, end), is_known in zip(reversed(places), reversed(known), strict=True):
        if start < end:
            end = _past_marks(mended.text, end, following)
            found.append(token_of(mended, start, end, is_known))
            following = start
        else:
            at = found[-1].start if found else len(mended.given)
            found.append(Token("", at, at, mended=SPACE))
    found.reverse()
    cut = [_after(before, piece) for before, piece in pairwise(found)]
    return [
        replace(piece, start=piece.start + offset, end=piece.end + offset)
        for piece in [*found[:1], *cut]
    ]


def trimmed(text: str, place: tuple[int, int], spelling: str) -> tuple[int, int]:
    """The place of a piece in a text without the spaces around it: empty if it is nothing else.

    `spelling` is the tokenizer's own, which tells a space that it put before the text.
    """
    start, end = place
    if spelling in _SPACES:
        return start, start
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def words(text: str, places: Sequence[tuple[int, int]], known: Sequence[bool]) -> list[Token]:
    """The words of a mended text that pieces were read of, places as those of `tokens`.

    A word is known if its parts (AT&T has two) are a piece or two each: longer chains spell what
    the network has no word for.
    """
    starts, ends = [start for start, _ in places], [end for _, end in places]
    found = []
    for start, end in spans(text):
        read = range(bisect_right(ends, start), bisect_left(starts, end))
        letters = [index for index in read if text[slice(*places[index])].isalnum()]
        parts = len(_PART.findall(text, start, end))
        is_known = 0 < len(letters) <= MOST_PIECES * parts and all(known[index] for index in read)
        if read:
            found.append(Token(text[start:end], start, end, known=is_known))
    return found


def _past_marks(text: str, end: int, following: int) -> int:
    """The end of a piece with the marks (combining characters) between it and the following one."""
    while end < following and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return end


def _after(before: Token, piece: Token) -> Token:
    if not piece.start < before.end < piece.end:
        return piece
    text = piece.text[before.end - piece.start :]
    return replace(piece, text=text, start=before.end)
