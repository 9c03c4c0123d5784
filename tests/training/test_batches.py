import numpy as np

from demo.training.batches import JITTER, of_like_length


def test_every_text_is_in_one_batch_and_batches_are_of_like_length():
    lengths = np.random.default_rng(0).integers(1, 200, 1000)
    batches = of_like_length(lengths, 32, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(1000))
    assert max(map(len, batches)) == 32
    assert np.median([np.ptp(lengths[batch]) for batch in batches]) <= 2 * JITTER + 200 / 32


def test_the_same_seed_draws_the_same_batches():
    draws = [of_like_length([3, 1, 2] * 9, 4, np.random.default_rng(5)) for _ in range(2)]
    assert all(np.array_equal(a, b) for a, b in zip(*draws, strict=True))
