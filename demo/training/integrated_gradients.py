"""Integrated gradients of an encoder, by captum: a ranking of words for the offline table.

Reference: Sundararajan, Taly & Yan (2017), "Axiomatic Attribution for Deep Networks", section 3.
"""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import LayerIntegratedGradients

from demo.models.base import Reader
from demo.models.encoder import EncoderReader
from demo.reading import Reading

NAME = "integrated gradients"
STEPS = 20  # of the path from padding to the text


def by_token(reader: Reader, reading: Reading) -> np.ndarray:
    """What each token is worth to the winning logit, (tokens,).

    The path starts at the text with every token padding, marks such as [CLS] excepted.
    """
    assert isinstance(reader, EncoderReader)
    network = reader.network
    inputs = reader.inputs([reader.encode([reading.text])])
    ids = inputs.pop("input_ids")
    special = torch.tensor([[token.special for token in reading.tokens]], device=ids.device)
    padding = torch.full_like(ids, network.config.pad_token_id or 0)

    def logits(ids: torch.Tensor) -> torch.Tensor:
        repeated = {name: part.expand(len(ids), -1) for name, part in inputs.items()}
        return network(input_ids=ids, **repeated).logits

    found = LayerIntegratedGradients(logits, network.get_input_embeddings()).attribute(
        ids,
        baselines=torch.where(special, ids, padding),
        target=int(reading.probabilities.argmax()),
        n_steps=STEPS,
    )
    return found.sum(-1)[0].detach().cpu().numpy()
