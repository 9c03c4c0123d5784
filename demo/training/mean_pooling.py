"""A pretrained encoder of any kind under a head that reads the mean of its tokens.

That is how sentence encoders were trained (Reimers & Gurevych 2019, "Sentence-BERT", section 3).
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel
from transformers.modeling_outputs import SequenceClassifierOutput

HEAD_FILE = "head.safetensors"


class MeanPooled(torch.nn.Module):
    """input_ids, attention_mask (texts, tokens) -> logits (texts, classes)."""

    def __init__(self, base: str, classes: int):
        """Open a hub name or folder; a folder that `save_pretrained` wrote brings its own head."""
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base, dtype=torch.float32)
        self.encoder.pooler = None  # it reads the first token alone
        self.config = self.encoder.config
        self.classifier = torch.nn.Linear(self.config.hidden_size, classes)
        head = Path(base) / HEAD_FILE
        if head.is_file():
            self.classifier.load_state_dict(load_file(head))

    def forward(self, input_ids, attention_mask) -> SequenceClassifierOutput:
        states = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        present = attention_mask[..., None].to(states.dtype)  # (texts, tokens, 1)
        mean = (states * present).sum(1) / present.sum(1)
        return SequenceClassifierOutput(logits=self.classifier(mean))

    def get_input_embeddings(self) -> torch.nn.Module:
        return self.encoder.get_input_embeddings()

    def num_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def save_pretrained(self, folder: Path) -> None:
        """Write the encoder and the head."""
        self.encoder.save_pretrained(folder)
        save_file(self.classifier.state_dict(), Path(folder) / HEAD_FILE)
