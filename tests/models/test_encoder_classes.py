"""Classes alone are those of a reading, whatever else is asked in the same call."""

import threading

import numpy as np
import pytest
import torch

from demo.models.encoder import EncoderReader
from tests import tiny_encoders
from tests.conftest import TINY_WORDS


@pytest.fixture(scope="module", params=tiny_encoders.FAMILIES)
def reader(request, tmp_path_factory):
    return EncoderReader.load(
        tiny_encoders.write(tmp_path_factory.mktemp(request.param), request.param)
    )


def test_classes_are_those_of_readings_in_the_order_asked(reader):
    chosen = np.random.default_rng(1)
    texts = [" ".join(chosen.choice(TINY_WORDS, count)) for count in (3, 200, 1, 40, 3, 90)]
    texts += [texts[0], "oil </s> [SEP] <s> climb", "e\u0301tude &amp; oil"]
    found = reader.classify(texts)
    for text, shares in zip(texts, found, strict=True):
        assert np.abs(reader.read(text).probabilities - shares).max() < 1e-5
    assert np.array_equal(found[0], found[6])


def test_classes_share_the_weights_and_leave_the_reader_as_it_is(reader):
    reader.classify(["oil prices climb"])
    weights = dict(reader._classes.network.named_parameters())
    assert all(weights[name] is part for name, part in reader.network.named_parameters())
    reading = reader.read("oil prices climb")
    assert reading.attention.shape[-2:] == (len(reading.tokens),) * 2


def test_threads_to_come_keep_their_number_of_cores(reader):
    before, later = torch.get_num_threads(), []
    reader.classify(["oil", "storm"])
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert later == [before] == [torch.get_num_threads()]
