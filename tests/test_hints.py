"""What the hints of the prepared texts claim is what the committed readers say.

A hint's claims stand in assets/examples.json and assets/pairs.json, each of a kind that has a check
here.
"""

import json
import re

import numpy as np
import pytest

from demo.sentences import say
from demo.serving.panel import load_panel
from tests.conftest import ROOT, TRAINED

EXAMPLES = json.loads((ROOT / "assets" / "examples.json").read_text("utf-8"))
PAIRS = json.loads((ROOT / "assets" / "pairs.json").read_text("utf-8"))
DESKS = ("world", "sports", "business", "sci/tech", "technology")
COUNTS = ("one", "two", "three", "four", "five", "six", "twice", "same")
CLAIMING = rf"\b(?:{'|'.join((*DESKS, *COUNTS))})\b"  # what has to be checked


def words(text):
    return re.findall(r"[\w-]+", text.casefold())


def verdicts(panel, text):
    return {reading.label for reading in panel.read_all(text).values()}


def verdict(panel, text, label):
    assert verdicts(panel, text) == {label}


def likeliest(panel, text, labels):
    for reading in panel.read_all(text).values():
        first = np.argsort(reading.probabilities)[-len(labels) :]
        assert {reading.labels[place] for place in first} == set(labels)


def times(panel, text, counts):
    for word, count in counts.items():
        assert words(text).count(word) == count


def number_of_words(panel, text, count):
    assert len(words(text)) == count


def needless(panel, text, dropped):
    for word in dropped:
        assert word in words(text)
        without = re.sub(rf"\b{word}\b ?", "", text)
        for name in panel:
            assert panel[name].read(without).label == panel[name].read(text).label


def tokens(panel, text, wanted):
    for name, several in wanted.items():
        assert set(several) <= {token.text for token in panel[name].read(text).tokens}


def alike(panel, text, swapped):
    for name, (old, new) in swapped.items():
        assert old in text
        first, second = (panel[name].read(one) for one in (text, text.replace(old, new)))
        np.testing.assert_allclose(first.probabilities, second.probabilities, atol=1e-5)


def unknown(panel, text, wanted):
    assert set(wanted) == set(panel)
    for name, several in wanted.items():
        assert [one.text for one in panel[name].read(text).tokens if not one.known] == several


def pieces(panel, text, wanted):
    for name, several in wanted.items():
        whole = [token.text for token in panel[name].read(text).tokens]
        for word in several:
            assert word in text
            assert word not in whole


def both_verdicts(panel, first, second, labels):
    for text, label in zip((first, second), labels, strict=True):
        assert verdicts(panel, text) == {label}


def same_verdict(panel, first, second, same):
    for name in panel:
        assert (panel[name].read(first).label == panel[name].read(second).label) is same


def changed_words(panel, first, second, count):
    pairs = list(zip(words(first), words(second), strict=True))
    assert sum(one != other for one, other in pairs) == count


def same_words(panel, first, second, same):
    assert (sorted(words(first)) == sorted(words(second))) is same
    assert words(first) != words(second)


def begins_alike(panel, first, second, alike):
    assert second.startswith(first) is alike


CHECKS = {
    "verdict": verdict,
    "likeliest": likeliest,
    "times": times,
    "words": number_of_words,
    "needless": needless,
    "tokens": tokens,
    "alike": alike,
    "unknown": unknown,
    "pieces": pieces,
}
CHECKS_OF_PAIRS = {
    "verdicts": both_verdicts,
    "same_verdict": same_verdict,
    "changed_words": changed_words,
    "same_words": same_words,
    "begins_alike": begins_alike,
    "words": lambda panel, first, second, count: number_of_words(panel, first, count),
}


def claims(prepared):
    return [
        pytest.param(one, claim, said, id=f"{one['id']}: {claim}")
        for one in prepared
        for claim, said in one.get("claims", {}).items()
    ]


@pytest.fixture(scope="module")
def panel():
    return load_panel(TRAINED)


@pytest.mark.trained
@pytest.mark.parametrize(("example", "claim", "said"), claims(EXAMPLES))
def test_what_the_hint_of_an_example_claims_is_so(panel, example, claim, said):
    CHECKS[claim](panel, example["headline"], said)


@pytest.mark.trained
@pytest.mark.parametrize(("pair", "claim", "said"), claims(PAIRS))
def test_what_the_hint_of_a_pair_claims_is_so(panel, pair, claim, said):
    CHECKS_OF_PAIRS[claim](panel, pair["first"], pair["second"], said)


@pytest.mark.parametrize(
    ("key", "prepared"),
    [
        pytest.param(key, one, id=f"{key}.{one['id']}")
        for key, several in (("page.examples", EXAMPLES), ("views.compare.pairs", PAIRS))
        for one in several
    ],
)
def test_a_hint_that_names_a_verdict_or_counts_has_a_claim_to_check(key, prepared):
    said = " ".join(say(f"{key}.{prepared['id']}.{part}") for part in ("chip", "hint"))
    assert prepared.get("claims") or not re.search(CLAIMING, said.casefold())


@pytest.mark.trained
def test_a_wrong_claim_is_found(panel):
    example = next(one for one in EXAMPLES if one["id"] == "firm")
    for claim, wrong in [
        ("verdict", "Business"),
        ("likeliest", ["World", "Sports"]),
        ("times", {"apple": 2}),
        ("words", 3),
        ("tokens", {"transformer": ["Apple unveils"]}),
        ("alike", {"transformer": ["Apple", "Rovers"]}),
        ("unknown", {"transformer": ["Apple"], "bert": [], "rnnsearch": []}),
        ("pieces", {"bert": ["Apple"]}),
    ]:
        with pytest.raises(AssertionError):
            CHECKS[claim](panel, example["headline"], wrong)
