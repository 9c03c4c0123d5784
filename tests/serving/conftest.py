"""What the tests of readers that compute elsewhere share."""

import numpy as np

from demo.reading import Ability

TEXT = "oil prices climb as storm shuts the court"


def assert_same_answers(there, here):
    """A reader that computes elsewhere answers as the same one does here."""

    def same(found, expected):
        assert np.abs(found - expected).max() < 1e-6

    assert there.info == here.info
    reading, expected = there.read(TEXT), here.read(TEXT)
    assert reading.tokens == expected.tokens
    same(reading.probabilities, expected.probabilities)
    texts = [TEXT, "storm", "oil " * 90]
    same(there.classify(texts), here.classify(texts))
    same(there.trace(TEXT).weights, here.trace(TEXT).weights)
    if reading.attention is not None:
        same(reading.attention, expected.attention)
    if Ability.HEAD_MASK in here.info.can:
        masks = np.zeros((1, here.info.layers, here.info.heads), np.float32)
        same(there.mask_heads(TEXT, masks), here.mask_heads(TEXT, masks))
        same(there.head_shares(TEXT, 1), here.head_shares(TEXT, 1))
