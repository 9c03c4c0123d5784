"""A BERT of random weights, 2 layers of 3 heads, written to a folder."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from demo.reading import CLASSES

PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "oil", "prices", "climb", ",", "play")
PIECES += ("##ing", "##s", "thing", "cafe", "[", "]", "sep", "e", "##tude", "goal", "bank", "chip")


def write(folder: Path) -> Path:
    """Save the network and its fast tokenizer into `folder`, and return it."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=48,
        max_position_embeddings=160,
        num_labels=len(CLASSES),
        initializer_range=0.2,  # unlike pieces look unlike from the start
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    vocabulary = {piece: index for index, piece in enumerate(PIECES)}
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder)
    return folder
