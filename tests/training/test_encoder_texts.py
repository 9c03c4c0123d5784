"""What a network reads of a text in training."""

import numpy as np
import pytest
from transformers import AutoTokenizer

from demo.training.encoder_texts import PIECES, Texts
from tests.conftest import TRAINED

LONG = [f"Storm {n} shuts refineries along the coast as oil climbs" for n in range(40)]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(TRAINED / "bert")


def texts_of(tokenizer, texts, **drawn):
    return Texts(tokenizer, texts, np.zeros((len(texts), 4), np.float32), **drawn)


@pytest.mark.trained
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_share_of_the_pieces_is_hidden_and_no_mark_or_pad(tokenizer, share):
    texts = [*LONG, "Oil", " ".join(LONG)]
    chosen = np.arange(len(texts))
    plain, _ = texts_of(tokenizer, texts).batch(chosen)
    hidden, _ = texts_of(tokenizer, texts, hidden=share).batch(chosen)
    before, after = plain["input_ids"].numpy(), hidden["input_ids"].numpy()
    changed = before != after
    assert set(after[changed]) == {tokenizer.mask_token_id}
    marks = np.isin(
        before, [tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id]
    )
    assert not changed[marks].any()
    assert changed[~marks].mean() == pytest.approx(share, abs=0.06)
    assert np.array_equal(plain["attention_mask"], hidden["attention_mask"])
    assert before.shape[1] == PIECES


@pytest.mark.trained
def test_the_same_seed_hides_the_same_pieces(tokenizer):
    chosen = np.arange(len(LONG))
    first, again, other = (
        texts_of(tokenizer, LONG, hidden=0.3, seed=seed).batch(chosen)[0]["input_ids"].numpy()
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
