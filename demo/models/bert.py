"""A fine-tuned BERT reads a headline; every head of every layer comes out of the same pass.

Serves any folder that holds a `BertForSequenceClassification` in safetensors with its WordPiece
tokenizer (see `demo/models/checkpoint.py`), and with the classes that reader.json names, or the
four of AG News, in any order.

Reference: Devlin et al. (2019), "BERT: Pre-training of Deep Bidirectional Transformers".
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoTokenizer, BertForSequenceClassification
from transformers.utils import logging as transformers_logging

from demo.mending import mend
from demo.models import checkpoint, pieces, words
from demo.models.base import Card, Reader, Shape
from demo.reading import CLASSES, Ability, Reading, Token, check_text
from demo.runtime.device import on_gpu

MAX_PIECES = 128  # read and shown, [CLS] and [SEP] included
BATCH = 32  # texts of like length, classified in one pass


class Encoded(NamedTuple):
    """A text as the network takes it: indices of pieces, the part of each, and its tokens.

    `words` of it are read, of which `known_words` are known.
    """

    ids: list[int]
    types: list[int]
    tokens: tuple[Token, ...]
    truncated: bool
    mended: tuple[str, ...]
    words: int
    known_words: int


class BertReader(Reader):
    """Reads texts with a fine-tuned BERT and hands on a `Reading` each."""

    kind = "bert"
    title = "Fine-tuned BERT"
    weights_file = checkpoint.WEIGHTS_FILE

    def __init__(self, network: BertForSequenceClassification, tokenizer, note: str = ""):
        self.note = note
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.eval().to(self.device)
        self.tokenizer = tokenizer
        self.tokenizer.model_max_length = network.config.max_position_embeddings

    @classmethod
    def load(cls, folder: str | Path) -> BertReader:
        """Open a folder that `save_pretrained` wrote; nothing is fetched and nothing unpickled.

        Whatever order its classes have, the reader's is that of its card, or of `CLASSES`. Raises
        ValueError with one sentence if it holds no BERT with these classes, or a file is missing
        or damaged.
        """
        folder = Path(folder)
        card = Card.load(folder)
        checkpoint.check_files(folder)
        try:
            config = json.loads((folder / checkpoint.CONFIG_FILE).read_text("utf-8"))
            if not isinstance(config, dict):
                raise ValueError("config.json is no table of settings.")
            order, note = checkpoint.label_order(config, card.labels if card else CLASSES)
            if config.get("max_position_embeddings", MAX_PIECES) < MAX_PIECES:
                raise ValueError(f"it reads fewer than {MAX_PIECES} pieces.")
            transformers_logging.disable_progress_bar()
            opened: Any = BertForSequenceClassification.from_pretrained(
                folder,
                attn_implementation="eager",  # the other kernels return no attention
                dtype=torch.float32,  # by default all would be cut to half precision
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
            )
            network, report = opened
            if report["missing_keys"] or report["mismatched_keys"]:
                raise ValueError("its weights do not fit its config.json.")
            if not all(weights.isfinite().all() for weights in network.parameters()):
                raise ValueError("its weights hold infinite or undefined numbers.")
            network.classifier.weight.data = network.classifier.weight.data[order]
            network.classifier.bias.data = network.classifier.bias.data[order]
            tokenizer = AutoTokenizer.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )
            if len(tokenizer) > network.config.vocab_size:
                raise ValueError("its tokenizer has more pieces than its weights.")
        except (
            *(OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError),
            SafetensorError,
        ) as error:
            reason = str(error).strip().split("\n")[0]
            raise ValueError(f"{folder} holds no readable BERT: {reason}") from None
        return cls(network, tokenizer, note)

    def to_processor(self) -> None:
        """Leave the GPU."""
        self.device = torch.device("cpu")
        self.network.to(self.device)

    @property
    def shape(self) -> Shape:
        config = self.network.config
        return Shape(
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            longest=MAX_PIECES,
            parameters=self.network.num_parameters(),
            pieces=True,
            can=frozenset({Ability.PAIR, Ability.HEAD_MASK, Ability.VALUE_NORMS, Ability.GRADIENT}),
        )

    def read_batch(
        self, texts: Sequence[str], seconds: Sequence[str | None] | None = None
    ) -> list[Reading]:
        """As `Reader.read_batch`; two texts are a sentence pair, "[CLS] text [SEP] second [SEP]".

        The reading of a pair is that of both texts, one a line.
        """
        pairs = zip(texts, seconds or [None] * len(texts), strict=True)
        parts = [[text] if second is None else [text, second] for text, second in pairs]
        return self._read(parts) if parts else []

    @on_gpu
    @torch.inference_mode()
    def classify(self, texts: Sequence[str]) -> np.ndarray:
        encoded = [self._encode([check_text(text)]) for text in texts]
        order = np.argsort([len(one.ids) for one in encoded], kind="stable")
        found = np.empty((len(texts), self.network.num_labels), np.float32)
        for chosen in np.split(order, range(BATCH, len(order), BATCH)):
            output = self.network(**self._inputs([encoded[index] for index in chosen]))
            found[chosen] = output.logits.softmax(-1).cpu().numpy()
        return found

    def _read(self, parts: list[list[str]]) -> list[Reading]:
        """The readings of texts of one part or two."""
        started = time.perf_counter()
        encoded = [self._encode([check_text(part) for part in text]) for text in parts]
        probabilities, attention = self._forward(encoded)
        seconds = (time.perf_counter() - started) / len(parts)
        return [
            Reading(
                reader=self.info.name,
                labels=self.info.labels,
                text="\n".join(text),
                probabilities=probabilities[i],
                tokens=one.tokens,
                attention=attention[i, :, :, : len(one.tokens), : len(one.tokens)].copy(),
                truncated=one.truncated,
                seconds=seconds,
                mended=one.mended,
                words=one.words,
                known_words=one.known_words,
            )
            for i, (text, one) in enumerate(zip(parts, encoded, strict=True))
        ]

    def _encode(self, parts: list[str]) -> Encoded:
        """The pieces of one text or of two, each followed by [SEP]."""
        first = Token(self.tokenizer.cls_token, 0, 0, special=True)
        ids, tokens, types, truncated = [self.tokenizer.cls_token_id], [first], [0], False
        names: dict[str, None] = {}
        found = []
        room = (MAX_PIECES - 1) // len(parts) - 1
        offset = 0
        for number, part in enumerate(parts):
            mended = mend(part)
            encoding = self.tokenizer(
                mended.text,
                add_special_tokens=False,
                split_special_tokens=True,  # a typed "[SEP]" is text
                return_offsets_mapping=True,
                verbose=False,
            )
            indices, places = encoding["input_ids"][:room], encoding["offset_mapping"][:room]
            known = [index != self.tokenizer.unk_token_id for index in indices]
            tokens += pieces.tokens(mended, places, known, offset)
            found += pieces.words(mended.text, places, known)
            names |= dict.fromkeys(mended.names)
            tokens.append(
                Token(self.tokenizer.sep_token, tokens[-1].end, tokens[-1].end, special=True)
            )
            ids += [*indices, self.tokenizer.sep_token_id]
            types += [number] * (len(indices) + 1)
            truncated |= len(encoding["input_ids"]) > room
            offset += len(part) + 1
        return Encoded(
            ids, types, tuple(tokens), truncated, tuple(names), len(found), words.known(found)
        )

    @on_gpu
    @torch.inference_mode()
    def _forward(self, encoded: list[Encoded]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (texts, labels) and attention (texts, layers, heads, pieces, pieces)."""
        output = self.network(**self._inputs(encoded), output_attentions=True)
        probabilities = output.logits.softmax(-1)  # (texts, labels)
        attention = torch.stack(output.attentions, dim=1)  # (texts, layers, heads, pieces, pieces)
        return probabilities.cpu().numpy(), attention.cpu().numpy()

    def _inputs(self, encoded: list[Encoded]) -> dict[str, torch.Tensor]:
        """input_ids, token_type_ids and attention_mask, (texts, pieces) each, padded."""
        longest = max(len(one.ids) for one in encoded)
        ids = np.full((len(encoded), longest), self.tokenizer.pad_token_id)
        types, mask = np.zeros_like(ids), np.zeros(ids.shape, bool)
        for row, one in enumerate(encoded):
            end = len(one.ids)
            ids[row, :end], types[row, :end], mask[row, :end] = one.ids, one.types, True
        given = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        return {name: torch.from_numpy(part).to(self.device) for name, part in given.items()}

    @on_gpu
    @torch.inference_mode()
    def mask_heads(self, text: str, masks: np.ndarray) -> np.ndarray:
        given = self._inputs([self._encode([check_text(text)])] * len(masks))
        gates = torch.from_numpy(np.float32(masks)).to(self.device)  # (variants, layers, heads)
        hooks = [
            layer.attention.output.dense.register_forward_pre_hook(
                lambda _, args, gate=gates[:, number, None, :, None]: (
                    (args[0].unflatten(-1, (gates.shape[2], -1)) * gate).flatten(-2),
                )
            )
            for number, layer in enumerate(self.network.bert.encoder.layer)
        ]
        try:
            return self.network(**given).logits.softmax(-1).cpu().numpy()
        finally:
            for hook in hooks:
                hook.remove()

    @on_gpu
    @torch.inference_mode()
    def value_norms(self, text: str) -> np.ndarray:
        given = self._inputs([self._encode([check_text(text)])])
        states = self.network.bert(**given, output_hidden_states=True).hidden_states
        heads = self.network.config.num_attention_heads
        found = []
        for layer, x in zip(self.network.bert.encoder.layer, states[:-1], strict=True):
            values = layer.attention.self.value(x)[0].unflatten(-1, (heads, -1))
            weight = layer.attention.output.dense.weight.unflatten(-1, (heads, -1))
            found.append(torch.einsum("thd,whd->htw", values, weight).norm(dim=-1))
        return torch.stack(found).cpu().numpy()  # (layers, heads, pieces)

    @on_gpu
    def gradient_x_input(self, text: str) -> np.ndarray:
        given = self._inputs([self._encode([check_text(text)])])
        embeddings = self.network.get_input_embeddings()(given.pop("input_ids"))
        embeddings = embeddings.detach().requires_grad_()
        probabilities = self.network(inputs_embeds=embeddings, **given).logits.softmax(-1)
        (gradient,) = torch.autograd.grad(probabilities.max(), embeddings)
        return (gradient * embeddings).sum(-1)[0].detach().cpu().numpy()
