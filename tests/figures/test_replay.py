"""The HTML of a replay: what the decoder went by for each output, as the script takes it."""

import html
import json
import re

import numpy as np
import pytest

from demo.analysis import attention
from demo.figures import replay
from demo.reading import Candidate
from tests.figures.test_inside import unpacked

HEADLINE = "Oil prices climb as storm shuts the court"


def numbers(drawn):
    return json.loads(html.unescape(re.search(r"data-numbers='([^']*)'", drawn)[1]))


@pytest.mark.parametrize("given", [None, "storm shuts"])
def test_every_output_has_its_state_its_words_and_its_candidates(tiny_writer, given):
    reading = tiny_writer.read(HEADLINE, headline=given)
    sent = numbers(replay.writing(attention.align(reading), 2, given=bool(given)))
    written = reading.alignment
    assert sent["given"] is bool(given)
    assert sent["outputs"] == list(written.outputs)
    assert sent["probabilities"] == pytest.approx(np.exp(written.log_probabilities), abs=1e-4)
    assert sent["copied"] == pytest.approx(written.copied, abs=1e-4)
    assert np.abs(unpacked(sent["arrays"]["states"]) - written.states).max() < 1e-3
    for row, most in zip(written.weights, sent["most"], strict=True):
        assert most[0] == [reading.tokens[row.argmax()].text, pytest.approx(row.max(), abs=1e-4)]
        assert [weight for _, weight in most] == sorted((w for _, w in most), reverse=True)
    for told, several in zip(sent["candidates"], written.candidates, strict=True):
        assert [text for text, _ in told] == [one.text for one in several]
        shares = [share for _, share in told]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) < 1.001


def test_nothing_is_replayed_where_nothing_was_written(tiny_reader):
    assert replay.writing(attention.align(tiny_reader.read(HEADLINE)), 0) == ""


def test_no_candidate_becomes_markup(tiny_writer):
    reading = tiny_writer.read(HEADLINE)
    hostile = (Candidate("</section><img>'\"", 0.5),)
    object.__setattr__(reading.alignment, "candidates", (hostile,) * len(reading.alignment.outputs))
    drawn = replay.writing(attention.align(reading), 0)
    assert "<img" not in drawn
    assert numbers(drawn)["candidates"][0] == [["</section><img>'\"", 0.5]]
