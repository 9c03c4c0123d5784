"""The families of Hugging Face encoders: where the attention of a layer and its projection lie.

A family is a `model_type` of transformers. Its attention goes through `recorder.attend`; the two
whose own code computes it in place (MPNet, DeBERTa-v2) are given a forward that calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import MethodType
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.models.deberta_v2.modeling_deberta_v2 import scaled_size_sqrt

from demo.models import recorder


def _mpnet_forward(self, hidden_states, attention_mask=None, position_bias=None, **_):
    """`MPNetSelfAttention.forward`: a bias for relative positions is added to the scores."""
    shape = (*hidden_states.shape[:-1], self.num_attention_heads, self.attention_head_size)
    queries, keys, values = (  # (texts, heads, tokens, head width)
        project(hidden_states).view(shape).transpose(1, 2) for project in (self.q, self.k, self.v)
    )
    added = [part for part in (position_bias, attention_mask) if part is not None]
    mixed, weights = recorder.attend(self, queries, keys, values, sum(added) if added else None)
    return self.o(mixed.flatten(-2)), weights


def _deberta_forward(
    self, hidden_states, attention_mask, *_, relative_pos=None, rel_embeddings=None, **__
):
    """`DisentangledSelfAttention.forward`: content and relative positions look at each other."""
    heads = self.num_attention_heads
    queries, keys, values = (  # (texts * heads, tokens, head width)
        self.transpose_for_scores(project(hidden_states), heads)
        for project in (self.query_proj, self.key_proj, self.value_proj)
    )
    terms = 1 + sum(kind in self.pos_att_type for kind in ("c2p", "p2c"))
    scale = 1 / scaled_size_sqrt(queries, terms).item()
    unseen = torch.finfo(queries.dtype).min
    added = torch.zeros_like(attention_mask, dtype=queries.dtype).masked_fill(
        ~attention_mask.bool(), unseen
    )  # (texts, 1, tokens, tokens)
    if self.relative_attention:
        of_places = self.disentangled_attention_bias(
            queries, keys, relative_pos, self.pos_dropout(rel_embeddings), terms
        )
        added = added + of_places.unflatten(0, (-1, heads))  # (texts, heads, tokens, tokens)
    queries, keys, values = (part.unflatten(0, (-1, heads)) for part in (queries, keys, values))
    mixed, weights = recorder.attend(self, queries, keys, values, added, scale)
    return mixed.flatten(-2), weights


@dataclass(frozen=True)
class Family:
    """Where the parts of a layer lie in its module, and how its attention is computed.

    `attention` is the module that is called with the layer's input, `projection` the one that
    takes the mixed values of all heads to the layer's output; `forward` replaces the former's where
    it does not go through transformers' attention interface. `first_position` is how many rows of
    the position embeddings no token stands at (those of RoBERTa begin after the padding's). `gate`
    is the module of a gated feed-forward network whose output the other half is multiplied by.
    `after_attention` is the module that takes the mixed values of all heads and the layer's input
    and alone gives what goes on, of families whose classifiers read the first token.
    """

    title: str
    attention: str = "attention.self"
    projection: str = "attention.output.dense"
    forward: Callable | None = None
    first_position: int = 0
    gate: str = ""
    after_attention: str = ""


AS_BERT = "attention.output"
FAMILIES = {
    "bert": Family("BERT", after_attention=AS_BERT),
    "distilbert": Family("DistilBERT", "attention", "attention.out_lin"),
    "roberta": Family("RoBERTa", first_position=2, after_attention=AS_BERT),
    "xlm-roberta": Family("XLM-RoBERTa", first_position=2, after_attention=AS_BERT),
    "camembert": Family("CamemBERT", first_position=2, after_attention=AS_BERT),
    "electra": Family("ELECTRA", after_attention=AS_BERT),
    "albert": Family("ALBERT", "attention", "attention.dense"),
    "mpnet": Family(
        "MPNet", "attention.attn", "attention.attn.o", forward=_mpnet_forward, first_position=2
    ),
    "deberta-v2": Family("DeBERTa-v2", forward=_deberta_forward, after_attention=AS_BERT),
    "modernbert": Family("ModernBERT", "attn", "attn.Wo", gate="mlp.act"),
}


def prepare(network: PreTrainedModel) -> None:
    """Have the attention of a network of one of the `FAMILIES` tell the recorder of each pass."""
    family = FAMILIES[network.config.model_type]
    for name, module in list(network.named_modules()):
        if name.endswith(f".{family.attention}"):
            layer = network.get_submodule(name.removesuffix(f".{family.attention}"))
            projection: Any = layer.get_submodule(family.projection)
            module.register_forward_pre_hook(partial(_enter, projection))
            if family.forward:
                module.forward = MethodType(family.forward, module)


def _enter(projection: torch.nn.Linear, _: torch.nn.Module, inputs: tuple) -> None:
    if (present := recorder.present()) is not None:
        present.enter(inputs[0], projection)


def output_layer(network: torch.nn.Module) -> torch.nn.Linear:
    """The last layer of a sequence classifier's head, (width) -> (labels)."""
    head: Any = network.classifier
    return getattr(head, "out_proj", head)


@contextmanager
def replaced_output_layer(network: torch.nn.Module, other: torch.nn.Module) -> Iterator[None]:
    """Have `other` in the place of a network's output layer for a while."""
    own, head = output_layer(network), network.classifier
    owner, name = (network, "classifier") if own is head else (head, "out_proj")
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, own)
