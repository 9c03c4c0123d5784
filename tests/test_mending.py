"""What is mended in a text before it is read, and that every character keeps its place."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import mending
from demo.mending import (
    BACKSLASHES,
    ENTITIES,
    INVISIBLE,
    LIGATURES,
    SPACES,
    STYLED,
    TAGS,
    mend,
)

MENDED = {  # what is typed: what is read, and what was mended
    "AT&amp;T&#39;s &quot;profit&quot;": ('AT&T\'s "profit"', (ENTITIES,)),
    "Tom &amp;amp; Jerry": ("Tom & Jerry", (ENTITIES,)),
    "Nestl&eacute; up": ("Nestlé up", (ENTITIES,)),
    "Bank&#x2019;s loss": ("Bank’s loss", (ENTITIES,)),
    "Pyongyang #39;s quot;offer quot;": ('Pyongyang\'s "offer "', (ENTITIES, SPACES)),
    " #36;10 million": (" $10 million", (ENTITIES,)),
    "&lt;b&gt;Oil&lt;/b&gt; up": (" Oil  up", (ENTITIES, TAGS)),
    "oil&nbsp;up": ("oil\xa0up", (ENTITIES,)),
    "Oil\\prices": ("Oil prices", (BACKSLASHES,)),
    "ﬁnance oﬃce": ("finance office", (LIGATURES,)),
    "ｏｉｌ 𝓾𝓹": ("oil up", (STYLED,)),
    "North 's troops": ("North's troops", (SPACES,)),
    "S &P beats": ("S&P beats", (SPACES,)),
    "pri\u00adces": ("prices", (INVISIBLE,)),
    "pri\u200bces": ("prices", (INVISIBLE,)),
    "pri\u200dces": ("prices", (INVISIBLE,)),
    "pri\u2060ces": ("prices", (INVISIBLE,)),
    "pri\ufeffces": ("prices", (INVISIBLE,)),
    "pri\ufe0eces": ("prices", (INVISIBLE,)),
    "pri&shy;ces": ("prices", (ENTITIES, INVISIBLE)),
    "\u202eprices\u202c": ("prices", (INVISIBLE,)),
    "\u2066oil\u2069 up": ("oil up", (INVISIBLE,)),
    "\ufeffOil up": ("Oil up", (INVISIBLE,)),
    "oil\x00prices": ("oilprices", (INVISIBLE,)),
}
KEPT = [  # nothing is to mend
    "Oil prices climb",
    "",
    "   ",
    "R&D; more",
    "&notanentity; stays",
    "<b>Oil</b> up",  # typed so: a tag that was meant
    "if a < b and b > c",
    "Rock 'n' Roll",
    "troops ' return",
    "No. #10; 5",
    "10² km, ½ price",
    "Nestlé and L'Oréal",
    "한국어 뉴스",
    "C++ & Java",
    "\\",  # nothing else is left of it
    "\u200b",
]
SAME = [  # decomposed by a feed or a file system, and put together again without a word
    "Nestlé and L'Oréal shares climb",
    "Việt Nam's Đà Nẵng",
    "Škoda, Łódź, Ångström",
    "한국 증시가 오른다",
    "São Paulo's ações",
    "Ἀθῆναι",
    "بِسْمِ اللَّهِ",
]


@pytest.mark.parametrize("typed", MENDED)
def test_what_a_text_lost_on_its_way_is_mended_and_named(typed):
    found = mend(typed)
    assert (found.text, found.names) == MENDED[typed]
    assert found.given == typed


@pytest.mark.parametrize("text", KEPT)
def test_what_was_meant_so_stays(text):
    assert mend(text) == mending.Mended(text, text)


@pytest.mark.parametrize("text", SAME)
def test_two_spellings_of_one_text_are_one(text):
    apart, together = unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)
    assert apart != together or text == SAME[-1]
    assert mend(apart).text == mend(together).text == together
    assert mend(apart).names == ()


@pytest.mark.parametrize(
    ("typed", "word", "stands"),
    [
        ("AT&amp;T&#39;s loss", "AT&T's", "AT&amp;T&#39;s"),
        ("the ﬁnance oﬃce", "office", "oﬃce"),
        ("oil pri\u00adces up", "prices", "pri\u00adces"),
        ("oil prices\u200b up", "prices", "prices\u200b"),
        ("Nestle\u0301 up", "Nestlé", "Nestle\u0301"),
        ("a \u1112\u1161\u11ab b", "한", "\u1112\u1161\u11ab"),
        ("oil quot;up quot;", "up", "up"),
        ("\ufeffOil up", "Oil", "Oil"),
        ("North 's men", "North's", "North 's"),
    ],
)
def test_a_word_stands_where_it_was_typed(typed, word, stands):
    found = mend(typed)
    start = found.text.index(word)
    begin, end = found.span(start, start + len(word))
    assert typed[begin:end] == stands


@given(
    st.text(
        st.sampled_from(
            "aéE\u0301 &#39;quot;amp\\<b>ﬁﬃ\u00ad\u200b\u200d\ufeff\u202e한\u1112\u1161👍'"
        )
    )
)
def test_places_are_in_order_and_within_what_was_typed(text):
    found = mend(text)
    places = [found.span(place, place + 1) for place in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    for place in (0, 1):  # the starts, and the ends
        assert [one[place] for one in places] == sorted(one[place] for one in places)


@given(st.text(st.sampled_from("aé \u0301&#39;quot;amp\\ﬁ\u00ad\u200b\u202e'")))
def test_what_was_mended_needs_no_mending_of_its_letters(text):
    assert unicodedata.is_normalized("NFC", mend(text).text) or not mend(text).text.strip()


def test_texts_that_were_mended_are_counted_by_what_was_mended():
    texts = ["Oil up", "AT&amp;T up", "ﬁnance &amp; oil", "pri\u00adces", "North 's men"]
    found = mending.count(texts)
    assert found == Counter({"": 4, ENTITIES: 2, LIGATURES: 1, INVISIBLE: 1, SPACES: 1})
    said = mending.in_words(found)
    assert said.startswith("4 texts were mended before reading:")
    assert "HTML entities in 2" in said
    assert mending.in_words(mending.count(["Oil up"])) == ""
    assert mending.in_words(mending.count(["ﬁnance"])).startswith("1 text was mended")


@pytest.mark.parametrize(
    "text", ["\u202eoil", "oil\u202c", "\u2067oil\u2069", "o\u200fil", "\u061coil", "oil\u200e"]
)
def test_nothing_that_is_drawn_turns_around_what_follows(text):
    assert mending.drawn(text) == "oil"
