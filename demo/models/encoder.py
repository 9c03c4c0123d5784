"""Any sequence classifier with a Hugging Face encoder, with its own labels and all of its heads.

Serves a folder that `save_pretrained` wrote (see `demo/models/checkpoint.py`) of one of the
`FAMILIES`: BERT, DistilBERT, RoBERTa, XLM-RoBERTa, CamemBERT, ELECTRA, ALBERT, MPNet, DeBERTa-v2
and -v3, ModernBERT. The networks are those of transformers; what their heads compute comes through
`demo/models/recorder.py`.

Reference: Devlin et al. (2019), "BERT: Pre-training of Deep Bidirectional Transformers".
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel

from demo.models import checkpoint, encoder_shares, encoder_trace
from demo.models.base import Card, Reader, Shape
from demo.models.encoder_classes import ClassNetwork
from demo.models.encoding import Encoded, TextEncoder
from demo.models.families import FAMILIES
from demo.models.recorder import Recorder
from demo.reading import Ability, Decomposition, Reading, check_text
from demo.runtime.device import on_gpu
from demo.trace import HeadTrace

MAX_PIECES = 128  # read and shown, special tokens included
ABOUT = "Sorts a text into {labels}: {family} with {layers} layers of {heads} heads."
MOST_NAMED = 6  # labels of a reader that nobody wrote a card for


class EncoderReader(Reader):
    """Reads texts with a fine-tuned encoder and hands on a `Reading` each."""

    kind = "encoder"
    title = "Encoder"
    weights_file = checkpoint.WEIGHTS_FILE

    def __init__(self, network: PreTrainedModel, tokenizer, note: str = ""):
        self.note = note
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.eval().to(self.device)
        self.tokenizer = tokenizer
        self.longest = min(MAX_PIECES, checkpoint.places(network.config))
        self.encode = TextEncoder(tokenizer, self.longest)
        self.multi_label = network.config.problem_type == checkpoint.MULTI_LABEL

    @classmethod
    def load(cls, folder: str | Path, labels: Sequence[str] = ()) -> EncoderReader:
        """Open a folder that `save_pretrained` wrote; nothing is fetched and nothing unpickled.

        Its labels are `labels`, or those of its card, or those of its config.json (see
        `checkpoint.label_order`). Raises ValueError with one sentence if it holds no classifier of
        a known family with these labels, or a file is missing or damaged.
        """
        folder = Path(folder)
        card = Card.load(folder)
        wanted = labels or (card.labels if card else ())
        opened = checkpoint.open_folder(folder, wanted)
        reader = cls(opened.network, opened.tokenizer, opened.note)
        reader.card = replace(card or reader.card_of_config(), labels=opened.labels)
        return reader

    def card_of_config(self) -> Card:
        """What can be said of a network that came without a card."""
        config = self.network.config
        names = list(config.id2label.values())
        named = [str(name) for name in names[:MOST_NAMED]]
        if more := len(names) - len(named):
            named.append(f"{more} more")
        about = ABOUT.format(
            labels=", ".join(named),
            family=FAMILIES[config.model_type].title,
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
        )
        return Card(self.kind, title="", about=about)

    def to_processor(self) -> None:
        """Leave the GPU."""
        self.device = torch.device("cpu")
        self.network.to(self.device)
        self._classes.network.to(self.device)

    def warm_up(self) -> None:
        """Run once each way, so that the first text of a user does not pay for it."""
        super().warm_up()
        self.classify(["Warm"])

    @property
    def shape(self) -> Shape:
        config = self.network.config
        return Shape(
            layers=config.num_hidden_layers * getattr(config, "inner_group_num", 1),  # of ALBERT
            heads=config.num_attention_heads,
            longest=self.longest,
            parameters=self.network.num_parameters(),
            can=frozenset(
                {
                    *(Ability.PAIR, Ability.HEAD_MASK, Ability.VALUE_NORMS, Ability.GRADIENT),
                    *(Ability.DECOMPOSE, Ability.TRACE, Ability.UNMASK),
                }
            ),
            pieces=True,
            multi_label=self.multi_label,
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
        rows = self.encode.rows([check_text(text) for text in texts])
        return self.shares(torch.from_numpy(self._classes.logits(rows))).numpy()

    @cached_property
    def _classes(self) -> ClassNetwork:
        return ClassNetwork(self.network)

    def _read(self, parts: list[list[str]]) -> list[Reading]:
        """The readings of texts of one part or two."""
        started = time.perf_counter()
        encoded = [self.encode([check_text(part) for part in text]) for text in parts]
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

    @on_gpu
    @torch.inference_mode()
    def _forward(self, encoded: list[Encoded]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (texts, labels) and attention (texts, layers, heads, pieces, pieces)."""
        with Recorder() as recorder:
            probabilities = self.probabilities(self.inputs(encoded))
        return probabilities.cpu().numpy(), recorder.attention().cpu().numpy()

    def inputs(self, encoded: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        """What the network takes of encoded texts, each (texts, pieces), padded.

        They are input_ids, attention_mask and, where the family has them, token_type_ids.
        """
        config = self.network.config
        longest = max(len(one.ids) for one in encoded)
        ids = np.full((len(encoded), longest), config.pad_token_id or 0)
        types, mask = np.zeros_like(ids), np.zeros(ids.shape, bool)
        for row, one in enumerate(encoded):
            end = len(one.ids)
            ids[row, :end], types[row, :end], mask[row, :end] = one.ids, one.types, True
        given = {"input_ids": ids, "attention_mask": mask}
        if getattr(config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = types
        return {name: torch.from_numpy(part).to(self.device) for name, part in given.items()}

    def probabilities(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """What the network gives each label, (texts, labels): softmax, or sigmoid of several."""
        return self.shares(self.network(**inputs).logits)

    def shares(self, logits: torch.Tensor) -> torch.Tensor:
        """The probabilities of logits, (texts, labels)."""
        return logits.sigmoid() if self.multi_label else logits.softmax(-1)

    @on_gpu
    @torch.inference_mode()
    def mask_heads(self, text: str, masks: np.ndarray) -> np.ndarray:
        inputs = self.inputs([self.encode([check_text(text)])] * len(masks))
        head_masks = torch.from_numpy(np.float32(masks)).to(
            self.device
        )  # (variants, layers, heads)
        with Recorder(head_masks=head_masks):
            return self.probabilities(inputs).cpu().numpy()

    @on_gpu
    @torch.inference_mode()
    def value_norms(self, text: str) -> np.ndarray:
        with Recorder(details=True) as recorder:
            self.network(**self.inputs([self.encode([check_text(text)])]))
        norms = [layer.value_norms()[0] for layer in recorder.layers]
        return torch.stack(norms).cpu().numpy()  # (layers, heads, pieces)

    @on_gpu
    def gradient_x_input(self, text: str) -> np.ndarray:
        inputs = self.inputs([self.encode([check_text(text)])])
        embeddings = self.network.get_input_embeddings()(inputs.pop("input_ids"))
        embeddings = embeddings.detach().requires_grad_()  # (1, pieces, width)
        wins = self.probabilities({"inputs_embeds": embeddings, **inputs}).max()
        (gradient,) = torch.autograd.grad(wins, embeddings)
        return (gradient * embeddings).sum(-1)[0].detach().cpu().numpy()

    @on_gpu
    @torch.inference_mode()
    def trace(
        self, text: str, layer: int = 0, head: int = 0, factor: float = 1.0, masked: bool = True
    ) -> HeadTrace:
        self.info.check_head(layer, head)
        encoded = self.encode([check_text(text)])
        inputs = self.inputs([encoded])
        ids, types = inputs["input_ids"][0], torch.tensor(encoded.types, device=self.device)
        if not masked:
            inputs = encoder_trace.unmasked(
                inputs, self.longest, self.network.config.pad_token_id or 0
            )
        with Recorder(details=True, factor=factor) as recorder:
            output = self.network(**inputs, output_hidden_states=True)
        return encoder_trace.head_trace(
            recorder.layers[layer],
            head,
            encoded.tokens,
            [] if layer else list(encoder_trace.embeddings(self.network, ids, types)),
            output.hidden_states[layer + 1],
            self.shares(output.logits),
        )

    @on_gpu
    def decompose(self, text: str, labels: Sequence[int]) -> Decomposition:
        inputs = self.inputs([self.encode([check_text(text)])])
        return encoder_shares.decompose(self.network, inputs, labels)

    @on_gpu
    def head_shares(self, text: str, label: int, tokens: Sequence[int] | None = None) -> np.ndarray:
        inputs = self.inputs([self.encode([check_text(text)])])
        return encoder_shares.head_shares(self.network, inputs, label, tokens)
