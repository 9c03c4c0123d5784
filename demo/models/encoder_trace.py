"""One head of a Hugging Face encoder step by step, from what the recorder kept of a pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn
from transformers import PreTrainedModel

from demo.models.families import FAMILIES
from demo.models.recorder import LayerRecord
from demo.reading import Token
from demo.trace import HeadTrace, Stage

LEAST_ADDED = 1e-3  # of a score; less is the rounding of the scores themselves


def head_trace(
    record: LayerRecord,
    head: int,
    tokens: tuple[Token, ...],
    parts: Sequence[tuple[str, torch.Tensor]],
    hidden: torch.Tensor,
    probabilities: torch.Tensor,
) -> HeadTrace:
    """A head of the layer that `record` is of, in a pass of one text.

    `parts` are those of its input, each (tokens, width) by name, `hidden` (1, tokens, width) is
    what the layer gives, `probabilities` (1, labels). What is behind `tokens` is padding.
    """
    count = len(tokens)
    queries, keys, values, mixed = (
        part[0, head, :count] for part in (record.queries, record.keys, record.values, record.mixed)
    )
    scores = queries @ keys.T  # (tokens, tokens)
    added = record.scores[0, head, :count, :count] - record.scale * scores
    outputs = record.outputs()[0]  # (heads, tokens, width)
    bias = record.projection.bias
    attended = outputs.sum(0) if bias is None else outputs.sum(0) + bias
    weights = record.weights[0, head, :count]  # (tokens, tokens and padding)
    stages = {"attended": attended[:count], "layer": hidden[0, :count], "verdict": probabilities[0]}

    def array(part: torch.Tensor):
        return part.float().cpu().numpy()

    return HeadTrace(
        tokens=tokens,
        x=array(record.x[0, :count]),
        queries=array(queries),
        keys=array(keys),
        values=array(values),
        scores=array(scores),
        scale=record.scale,
        added=array(added) if added.abs().max() > LEAST_ADDED else None,
        weights=array(weights[:, :count]),
        mixed=array(mixed),
        output=array(outputs[head, :count]),
        probabilities=array(probabilities[0]),
        padding=array(weights[:, count:].sum(-1)),
        parts=tuple(Stage(name, array(part)) for name, part in parts),
        stages=tuple(Stage(name, array(part)) for name, part in stages.items()),
    )


def embeddings(
    network: PreTrainedModel, ids: torch.Tensor, types: torch.Tensor
) -> Iterator[tuple[str, torch.Tensor]]:
    """What the first layer's input is made of, (tokens, width) each; `ids` and `types` (tokens,).

    They are summed, brought to one scale and, in some families, projected. A family without
    position embeddings tells places apart within its scores.
    """
    tables = network.base_model.get_submodule("embeddings")
    yield "word", network.get_input_embeddings()(ids)
    first = FAMILIES[network.config.model_type].first_position
    places = first + torch.arange(len(ids), device=ids.device)
    for name, index in (("position", places), ("token_type", types)):
        table = getattr(tables, f"{name}_embeddings", None)
        if isinstance(table, nn.Embedding):
            yield name.removeprefix("token_"), table(index)


def unmasked(inputs: dict[str, torch.Tensor], longest: int, pad: int) -> dict[str, torch.Tensor]:
    """The inputs of one text padded up to `longest` tokens, with nothing said of the padding."""
    room = longest - inputs["input_ids"].shape[1]
    fill = {"input_ids": pad, "attention_mask": 1}
    return {
        name: nn.functional.pad(part.long(), (0, room), value=fill.get(name, 0))
        for name, part in inputs.items()
    }
