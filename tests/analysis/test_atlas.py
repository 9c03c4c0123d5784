"""The habits of heads, measured on attention that was made by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from demo.analysis.atlas import (
    AFTER,
    BEFORE,
    BROAD,
    DESKS,
    FIRST,
    ITSELF,
    MARKS,
    NEAR,
    NONE,
    PUNCTUATION,
    SAME,
    Atlas,
    of_reader,
)
from demo.analysis.habits import (
    DESKS_FILE,
    example_texts,
    measure,
    measure_quickly,
    with_cost,
)
from demo.reading import CLASSES, Reading, Token
from demo.serving.panel import Panel

DESK_WORDS = {"World": ["war"], "Business": ["oil", "bank"]}
WORDS = ("Oil", "prices", ",", "oil", "war")
COUNT = len(WORDS) + 2


def reading_of(*heads, words=WORDS):
    """A reading of [CLS] words [SEP] by one layer of heads, each (tokens, tokens)."""
    tokens, end = [Token("[CLS]", 0, 0, special=True)], 0
    for word in words:
        tokens.append(Token(word, end, end + len(word)))
        end += len(word) + 1
    tokens.append(Token("[SEP]", end, end, special=True))
    text = " ".join(words)
    weights = np.float32(heads)[None]
    return Reading("hand", text, np.float32([1, 0, 0, 0]), tuple(tokens), weights)


def looking_at(*columns):
    """Each of the tokens looks at one: where `columns` says for the words, marks at themselves."""
    weights = np.zeros((COUNT, COUNT))
    weights[range(COUNT), [0, *columns, COUNT - 1]] = 1
    return weights


EVEN = np.full((COUNT, COUNT), 1 / COUNT)


def share(found, habit, head=0):
    return found.shares[0, head, found.habits.index(habit)]


@pytest.mark.parametrize(
    ("columns", "habit", "expected"),
    [
        ((0, 1, 2, 3, 4), BEFORE, 1),  # the first word has no word before it, and does not count
        ((2, 3, 4, 5, 6), AFTER, 1),
        ((5, 5, 6, 1, 4), NEAR, 3 / 5),  # three words away is near, four and a mark are not
        ((2, 1, 2, 3, 4), NEAR, 1),
        ((1, 2, 3, 4, 5), NEAR, 0),
        ((1, 2, 3, 4, 5), ITSELF, 1),
        ((4, 0, 0, 1, 0), SAME, 1),  # "Oil" and "oil", and no other word, have a twin
        ((4, 0, 0, 4, 0), SAME, 1 / 2),
        ((1, 1, 1, 1, 0), FIRST, 4 / 5),
        ((0, 6, 0, 6, 3), MARKS, 4 / 5),
        ((3, 3, 0, 0, 0), PUNCTUATION, 2 / 5),
        ((5, 0, 0, 0, 5), "desk:World", 2 / 5),
        ((1, 4, 4, 0, 0), "desk:Business", 3 / 5),
        ((1, 4, 5, 0, 0), DESKS, 3 / 5),
    ],
)
def test_a_share_is_the_mean_over_the_words_that_have_something_to_look_at(
    columns, habit, expected
):
    found = measure([reading_of(looking_at(*columns))], DESK_WORDS)
    assert share(found, habit) == pytest.approx(expected)


def test_even_attention_gives_what_stands_beside_the_shares():
    found = measure([reading_of(EVEN)], DESK_WORDS)
    assert found.shares[0, 0] == pytest.approx(found.even)
    assert found.even[found.habits.index(MARKS)] == pytest.approx(2 / 7)
    assert found.even[found.habits.index("desk:Business")] == pytest.approx(2 / 7)
    assert found.entropy[0, 0] == pytest.approx(np.log(7))
    assert found.evenness[0, 0] == pytest.approx(1)
    assert found.names[0][0] == [pytest.approx((BROAD, 1))]


def test_distance_is_that_of_the_attention_that_goes_to_words():
    found = measure([reading_of(looking_at(4, 0, 0, 1, 4))], DESK_WORDS)
    assert found.distance[0, 0] == pytest.approx((3 + 3 + 1) / 3)
    assert found.entropy[0, 0] == pytest.approx(0)


def test_every_text_counts_the_same_and_heads_stay_apart():
    long = reading_of(looking_at(0, 1, 2, 3, 4), EVEN)
    flat = np.full((3, 3), 1 / 3)
    short = reading_of(flat, flat, words=("war",))
    found = measure([long, short], DESK_WORDS)
    assert found.texts == 2
    assert share(found, BEFORE) == pytest.approx(1)  # the one word has none before it
    assert share(found, MARKS) == pytest.approx((1 / 5 + 2 / 3) / 2)
    assert share(found, MARKS, head=1) == pytest.approx((2 / 7 + 2 / 3) / 2)
    assert found.evenness[0, 0] == pytest.approx(1 / 2)
    assert found.names[0][0][0].habit == BEFORE


def test_attention_to_a_word_is_the_sum_over_its_pieces():
    tokens = (Token("un", 0, 2), Token("seen", 2, 6), Token("war", 7, 10))
    weights = np.float32([[[[0.5, 0.5, 0], [0.25, 0.25, 0.5], [0.25, 0.5, 0.25]]]])
    found = measure(
        [Reading("hand", "unseen war", np.float32([1, 0, 0, 0]), tokens, weights)], DESK_WORDS
    )
    assert share(found, ITSELF) == pytest.approx((0.75 + 0.25) / 2)
    assert share(found, BEFORE) == pytest.approx(0.75)
    assert share(found, "desk:World") == pytest.approx((0.25 + 0.25) / 2)


def atlas_of(marks=0.0, evenness=0.5, **shares):
    """One head with these shares; even attention gives each what stands here."""
    even = {"before": 0.05, "after": 0.05, "near": 0.3, "marks": 0.1, "desks": 0.4}
    even["desk:World"] = 0.1
    given = {**shares, "marks": marks, "desk:World": shares.get("world", 0.0)}
    found = np.array([[[given.get(habit, 0.0) for habit in even]]])
    one = np.full((1, 1), evenness)
    return Atlas("hand", 1, tuple(even), np.array(list(even.values())), found, one, one, one)


def names(**given):
    return [tuple(name) for name in atlas_of(**given).names[0][0]]


def test_a_head_goes_by_its_large_habits_the_largest_first():
    assert names(before=0.3, after=0.5) == [(AFTER, 0.5), (BEFORE, 0.3)]
    assert names(before=0.24) == [(NONE, 0.5)]
    assert names(before=0.24, evenness=0.9) == [(BROAD, 0.9)]


def test_beside_marks_a_habit_counts_by_what_goes_to_words():
    assert names(before=0.16, marks=0.7) == [(MARKS, 0.7), (BEFORE, 0.16)]
    assert names(before=0.16, marks=0.2) == [(NONE, 0.5)]
    assert names(before=0.06, marks=0.9) == [(MARKS, 0.9)]


def test_what_is_no_more_than_chance_is_no_habit():
    assert names(desks=0.5) == [(NONE, 0.5)]
    assert names(desks=0.7, world=0.2) == [(DESKS, 0.7)]


def test_a_part_takes_the_place_of_the_wider_habit_only_if_it_stands_out_from_it():
    assert names(desks=0.7, world=0.5) == [("desk:World", 0.5)]
    assert names(desks=0.9, world=0.3) == [(DESKS, 0.9)]
    assert names(near=0.8, before=0.5) == [(BEFORE, 0.5)]
    assert names(near=0.8, before=0.3) == [(NEAR, 0.8)]


def test_marks_are_no_habit_of_a_head_that_looks_everywhere():
    assert names(marks=0.3, evenness=0.9) == [(BROAD, 0.9)]
    assert names(marks=0.3) == [(MARKS, 0.3)]


def test_a_map_shows_what_a_head_does_with_words_if_it_does_anything():
    assert atlas_of(before=0.16, marks=0.7).leading(0, 0) == (BEFORE, 0.16)
    assert atlas_of(marks=0.7).leading(0, 0) == (MARKS, 0.7)
    assert atlas_of().leading(0, 0) == (NONE, 0.5)


def test_the_heads_of_a_habit_come_with_those_first_that_have_most_of_it():
    found = measure(
        [reading_of(EVEN, looking_at(0, 1, 2, 3, 4), looking_at(0, 1, 2, 3, 0))], DESK_WORDS
    )
    assert found.having(BEFORE) == [(0, 1), (0, 2)]
    assert found.having(BROAD) == [(0, 0)]


def test_the_file_says_what_was_measured():
    found = measure([reading_of(EVEN, looking_at(0, 1, 2, 3, 4))], DESK_WORDS)
    found = replace(found, cost=np.array([[0.1, -0.02]]), accuracy=0.9, masked_texts=50)
    written = json.loads(json.dumps(found.to_json()))
    assert written["heads"][0][1]["names"][0] == {"habit": BEFORE, "share": 1.0}
    again = Atlas.from_json(written)
    assert (again.habits, again.texts, again.accuracy) == (found.habits, 1, 0.9)
    for name in ("even", "shares", "entropy", "evenness", "distance", "cost"):
        assert np.abs(getattr(again, name) - getattr(found, name)).max() < 1e-4
    assert Atlas.from_json(measure([reading_of(EVEN)], {}).to_json()).cost is None


@pytest.mark.parametrize("damaged", [{}, {"heads": []}, {"heads": [[{}]], "even": {}}])
def test_a_damaged_file_gets_a_sentence(damaged):
    with pytest.raises(ValueError, match="measure it again"):
        Atlas.from_json(damaged)


def test_nothing_to_measure_by_gets_a_sentence():
    with pytest.raises(ValueError, match="give some texts"):
        measure([], DESK_WORDS)


def test_the_cost_of_a_head_is_the_accuracy_lost_without_it(tiny_reader):
    texts = ["oil prices climb", "the court", "storm shuts the court", "oil"]
    found = measure(tiny_reader.read_batch(texts), DESK_WORDS)
    labels = tiny_reader.classify(texts).argmax(-1)
    labels[0] = (labels[0] + 1) % 4  # one that it gets wrong
    costly = with_cost(found, tiny_reader, texts, labels)
    assert (costly.accuracy, costly.masked_texts) == (0.75, 4)
    for head in range(2):
        mask = np.ones((1, 1, 2), np.float32)
        mask[..., head] = 0
        without = [tiny_reader.mask_heads(text, mask)[0].argmax() for text in texts]
        assert costly.cost[0, head] == pytest.approx(0.75 - np.mean(without == labels))


@pytest.fixture
def served(tiny_reader, tmp_path):
    panel = Panel()
    panel.add(tiny_reader, tmp_path)
    return panel[tiny_reader.info.name]


def test_a_reader_that_was_brought_along_is_measured_on_the_example_texts(served, tiny_reader):
    texts = example_texts()
    desks = json.loads(DESKS_FILE.read_text("utf-8"))
    assert len(set(texts)) == 200
    assert tuple(desks) == CLASSES
    assert of_reader(served) is None
    steps = list(measure_quickly(served))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert {count for _, count in steps} == {200}
    found = of_reader(served)
    assert (found.texts, found.quick, found.cost) == (200, True, None)
    expected = measure(tiny_reader.read_batch(texts), desks)
    np.testing.assert_allclose(found.shares, expected.shares, atol=1e-3)
    assert all(0.02 < share < 0.3 for share in found.even[-len(desks) :])
    assert list(measure_quickly(served)) == []  # it has one by now


def test_an_atlas_of_other_heads_or_a_damaged_one_is_none(served):
    found = measure([reading_of(EVEN, EVEN, EVEN)], DESK_WORDS)
    for kept in (found.to_json(), {"heads": [[{}]]}):
        served.keep_atlas(kept)
        assert of_reader(served) is None
    served.keep_atlas(measure([reading_of(EVEN, EVEN)], DESK_WORDS).to_json())
    assert of_reader(served).texts == 1
