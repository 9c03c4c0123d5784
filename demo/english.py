"""When a text is not the English that the readers were trained on.

They give every text a class. That they cannot know it is told by how few of its words they know,
with two things added that a vocabulary does not tell: the small words of other languages, which
English news has in names (La Paz, von Trapp), and the signs of code, whose words are English.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from demo.reading import Reading

LEAST_KNOWN = (
    0.5  # share of the words; of 4,835 validation titles 0.1 % have no more, no whole text
)
MOST_SIGNS = 0.2  # signs of code for each word; of the same titles 0.04 % have as many

# Articles, prepositions and the like of French, German, Spanish, Italian, Dutch, Portuguese, Polish
# and Swedish, but for those that English has too, and for Los, Las and Al, which begin names.
_FOREIGN = frozenset(
    "au aux avec cette dans de des du et la le les qui ses sur une auf bei das dem der ein eine "
    "einen für im ist nach nicht sich und von wird zu zum zur del el en más por sus tras un y alla "
    "che delle dei dell della di gli il nel nella sono è een het niet voor em não pela uma nie się "
    "att och på".split()
)
_CODE = re.compile(
    r"\w[(\[]|[{}]|[=<>!+*/|:&-]=|[=-]>|::|&&|\|\||\s[=+*<>]\s|;\s*$|</?\w[^<>]*>|\w_\w|\s--?[a-z]"
    r"|\w\.\w+\(",
    re.M,
)


def is_foreign(word: str) -> bool:
    """Whether a word belongs to the grammar of another language, however often news has it."""
    return word.lower() in _FOREIGN


def unknown(readings: Collection[Reading]) -> bool:
    """Whether most of the text of some readings is nothing that their readers can know."""
    counted = [reading for reading in readings if reading.words]
    if not counted:
        return False
    share = sum(reading.known_words / reading.words for reading in counted) / len(counted)
    signs = len(_CODE.findall(counted[0].text)) / max(reading.words for reading in counted)
    return share <= LEAST_KNOWN or signs >= MOST_SIGNS
