"""An MPNet of random weights, 2 layers of 3 heads, written to a folder: no BERT, and no head."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertTokenizerFast, MPNetConfig, MPNetModel

from tests.tiny_bert import PIECES


def write(folder: Path) -> Path:
    """Save the encoder and a fast tokenizer into `folder`, and return it."""
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(PIECES),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=48,
        max_position_embeddings=160,
        initializer_range=0.2,
        pad_token_id=0,
    )
    MPNetModel(config).save_pretrained(folder)
    vocabulary = {piece: index for index, piece in enumerate(PIECES)}
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder)
    return folder
