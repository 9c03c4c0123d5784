"""Texts change from epoch to epoch, in order and lightly, and what is said of them stays."""

import numpy as np
import pytest

from demo.models import words
from demo.training.augmentation import Augmentation, AugmentedBatches

LIMIT = 40
ROWS = [
    list(range(100 * i + 2, 100 * i + 2 + length)) for i, length in enumerate((1, 5, 12, 30, 60))
]
TARGETS = np.eye(5, dtype=np.float32)  # which text it was


def epoch(augmentation, number=0, size=2):
    """Each text of an epoch by its number, without padding."""
    batches = AugmentedBatches(ROWS, TARGETS, size, LIMIT, 7, augmentation)
    batches.draw(number)
    texts = {}
    for index in range(len(batches)):
        found, targets = batches[index]
        assert found.dtype == np.int32
        for row, target in zip(found.tolist(), targets, strict=True):
            left = [word for word in row if word != words.PAD]
            assert row[: len(left)] == left  # padding is at the end
            texts[int(target.argmax())] = left
    assert set(texts) == set(range(len(ROWS)))
    return texts


def test_without_augmentation_every_text_is_read_as_it_is_up_to_the_limit():
    assert epoch(Augmentation()) == {i: row[:LIMIT] for i, row in enumerate(ROWS)}


@pytest.mark.parametrize(
    ("augmentation", "least", "stretches"),
    [
        (Augmentation(cropped=1.0), 1 / 2, 1),
        (Augmentation(shortened=1.0), 2 / 3, 2),
        (Augmentation(cropped=1.0, shortened=1.0), 1 / 2, 1),
        (Augmentation(cropped=0.5, shortened=0.5), 1 / 2, 2),
    ],
)
def test_what_is_left_of_a_text_stands_in_order_and_is_most_of_it(augmentation, least, stretches):
    seen = set()
    for number in range(40):
        for i, left in epoch(augmentation, number).items():
            row = ROWS[i][:LIMIT]
            breaks = int((np.diff(left) != 1).sum())
            assert set(left) <= set(row)
            assert breaks < stretches
            assert (np.diff(left) > 0).all()
            assert len(left) >= least * len(row)
            if len(row) < 12:
                assert left == row
            seen.add((i, len(left), breaks))
    assert len({length for i, length, _ in seen if i == 4}) > 5
    assert max(breaks for *_, breaks in seen) == stretches - 1


@pytest.mark.parametrize("dropout", [0.1, 0.25, 0.5])
def test_word_dropout_hides_words_but_never_padding(dropout):
    batches = AugmentedBatches(
        [[5] * 40, [5] * 20] * 500,
        np.ones((1000, 4), np.float32),
        1000,
        LIMIT,
        7,
        Augmentation(word_dropout=dropout),
    )
    found, _ = batches[0]
    assert sorted((found == words.PAD).sum(axis=1)) == [0] * 500 + [20] * 500
    hidden = (found == words.UNKNOWN).sum(axis=1) / (found != words.PAD).sum(axis=1)
    assert abs(hidden.mean() - dropout) < 0.02
    assert hidden.min() == 0  # a text is now and then read as it is
    assert hidden.max() > dropout


def test_epochs_differ_and_are_the_same_in_every_run():
    changed = Augmentation(cropped=0.5, shortened=0.5, word_dropout=0.2)
    assert epoch(changed, 3) == epoch(changed, 3)
    assert epoch(changed, 3) != epoch(changed, 4)
