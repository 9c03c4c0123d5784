"""Many texts in batches of like length, and their answers in the order asked."""

import numpy as np

from demo.models.by_length import batches, in_batches


def test_batches_hold_every_text_once_and_no_more_than_allowed():
    lengths = np.random.default_rng(0).integers(3, 128, 500)
    found = batches(lengths, 600)
    assert sorted(np.concatenate(found)) == list(range(500))
    assert all(len(batch) * lengths[batch].max() <= 600 for batch in found)
    assert [list(batch) for batch in batches(np.array([900, 5]), 600)] == [[1], [0]]


def test_answers_come_in_the_order_of_the_rows():
    drawn = np.random.default_rng(0)
    rows = [list(drawn.integers(1, 9, length)) for length in drawn.integers(1, 40, 200)]
    found = in_batches(rows, 100, lambda batch: np.array([[len(row), sum(row)] for row in batch]))
    assert found.tolist() == [[len(row), sum(row)] for row in rows]
