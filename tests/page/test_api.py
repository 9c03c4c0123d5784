"""The endpoints as a program sees them: `python app.py` and gradio_client."""

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demo.reading import CLASSES

pytestmark = pytest.mark.trained
HEADLINE = "Oil prices climb as storm shuts the refineries along the coast"
TORN = "Chip maker sues rival over stolen phone designs"


@pytest.fixture(scope="module")
def client(page_url):
    return Client(page_url, verbose=False)


def test_classify_gives_every_reader_four_probabilities(client):
    answer = client.predict(HEADLINE, api_name="/classify")
    assert "transformer" in answer
    for shares in answer.values():
        assert tuple(shares) == CLASSES
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert max(answer["transformer"], key=answer["transformer"].get) == "Business"


def test_attention_gives_tokens_spans_and_rows_that_sum_to_one(client):
    answer = client.predict(HEADLINE, "transformer", api_name="/attention")
    weights = np.array(answer["attention"])
    assert answer["tokens"] == HEADLINE.split()
    assert [HEADLINE[a:b] for a, b in answer["spans"]] == answer["tokens"]
    assert weights.shape == (1, 2, len(answer["tokens"]), len(answer["tokens"]))
    assert np.abs(weights.sum(-1) - 1).max() < 1e-4
    assert answer["label"] == "Business"
    assert answer["truncated"] is False


@pytest.mark.parametrize("name", ["transformer", "bert", "rnnsearch"])
def test_evidence_is_a_sum_over_the_words_for_any_label(client, name):
    for label in ("", "Sports"):
        answer = client.predict(TORN, name, label, api_name="/evidence")
        assert answer["label"] in ([label] if label else CLASSES)
        assert answer["words"] == TORN.split()
        assert [TORN[a:b] for a, b in answer["spans"]] == answer["words"]
        total = sum(answer["shares"]) + answer["remainder"]
        assert total == pytest.approx(answer["contrast"], abs=1e-3)
    assert np.shape(answer["heads"])[:1] == ({"transformer": 1, "bert": 6, "rnnsearch": 0}[name],)


@pytest.mark.parametrize("name", ["transformer", "bert", "rnnsearch"])
def test_without_the_words_that_flip_it_the_verdict_is_the_other_one(client, name):
    answer = client.predict(TORN, name, api_name="/evidence")
    flips, words = answer["flips"], answer["words"]
    assert flips["words"] == [words[place] for place in flips["places"]]
    left = [word for place, word in enumerate(words) if place not in flips["places"]]
    without = client.predict(" ".join(left), api_name="/classify")[name]
    assert max(without, key=without.get) == flips["label"] != answer["label"]


def test_a_label_that_a_reader_does_not_know_is_answered_with_those_that_it_knows(client):
    with pytest.raises(AppError, match="its labels are World, Sports"):
        client.predict(TORN, "transformer", "Weather", api_name="/evidence")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "type a headline"),
        ("  \n ", "type a headline"),
        ("oil " * 5001, "20,004 characters and at most 20,000"),
    ],
)
def test_an_unusable_text_is_answered_with_a_sentence(client, text, sentence):
    for endpoint, arguments in (("/classify", [text]), ("/attention", [text, "transformer"])):
        with pytest.raises(AppError, match=sentence):
            client.predict(*arguments, api_name=endpoint)


def test_an_unknown_reader_is_answered_with_the_known_ones(client):
    with pytest.raises(AppError, match="the readers are transformer"):
        client.predict(HEADLINE, "gpt", api_name="/attention")


@pytest.mark.parametrize(
    "text",
    ["Price is ${alert(1)}", "</script><img src=x onerror=alert(1)>", "!!!", "🛢️", "نفط \u202e oil"],
)
def test_strange_texts_come_back_as_they_were(client, text):
    answer = client.predict(text, "transformer", api_name="/attention")
    assert [text[a:b] for a, b in answer["spans"]] == answer["tokens"]


def test_only_the_public_endpoints_are_listed_and_each_is_documented(client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/classify", "/attention", "/evidence", "/alignment"}
    for endpoint in endpoints.values():
        assert endpoint["parameters"][0]["parameter_name"] == "text"
        assert endpoint["description"]
