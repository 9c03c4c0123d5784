"""When a text is not the English news that the readers were trained on.

They give every text a class. That they cannot know it is told by how few of its words they know,
with three things added that a vocabulary does not tell: words of other languages that English news
has in names (La Paz, von Trapp), the signs of code, whose words are English, and everyday speech.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import regex

from demo.reading import Reading

# Shares of 4,835 validation titles in comments; of as many whole texts, none is taken for another.
LEAST_KNOWN = 0.5  # share of the words; 0.1 % have no more
MOST_SIGNS = 0.2  # signs of code for each word; 0.04 % have as many

# Articles, prepositions and the like of French, German, Spanish, Italian, Dutch, Portuguese, Polish
# and Swedish, but for those that English has too, and for Los, Las and Al, which begin names.
_FOREIGN = frozenset(
    "au aux avec cette dans de des du et la le les qui ses sur une auf bei das dem der ein eine "
    "einen für im ist nach nicht sich und von wird zu zum zur del el en más por sus tras un y alla "
    "che delle dei dell della di gli il nel nella sono è een het niet voor em não pela uma nie się "
    "att och på".split()
)
_OTHER_SCRIPT = regex.compile(r"[^\P{L}\p{Latin}]")
_CODE = re.compile(
    r"\w[(\[]|[{}]|[=<>!+*/|:&-]=|[=-]>|::|&&|\|\||\s[=+*<>]\s|;\s*$|</?\w[^<>]*>|\w_\w|\s--?[a-z]"
    r"|\w\.\w+\(",
    re.M,
)
# News speaks of "me" only in the words of somebody named, or quoted: 0.04 % do otherwise.
_OF_ME = re.compile(r"\b(?:I|me|my|mine|myself)\b(?![./])", re.I)
_NAME_NUMBER_QUOTE = regex.compile(r"\w\W+(?!I\b)\p{Lu}|\d|[:\"“”]|(?<!\w)['‘]")


def is_foreign(word: str) -> bool:
    """Whether a word is of another script or of another grammar, however often news has it."""
    return word.lower() in _FOREIGN or bool(_OTHER_SCRIPT.search(word))


def unknown(readings: Collection[Reading]) -> bool:
    """Whether most of the text of some readings is nothing that their readers can know."""
    counted = [reading for reading in readings if reading.words]
    if not counted:
        return False
    text = counted[0].text
    share = sum(reading.known_words / reading.words for reading in counted) / len(counted)
    signs = len(_CODE.findall(text)) / max(reading.words for reading in counted)
    return share <= LEAST_KNOWN or signs >= MOST_SIGNS or _is_speech(text)


def _is_speech(text: str) -> bool:
    """Whether somebody says something of himself, with no name, number or quotation in it."""
    return bool(_OF_ME.search(text)) and not _NAME_NUMBER_QUOTE.search(text)
