import json
import sys

import numpy as np

from demo.analysis.atlas import Atlas
from demo.models.decoder import SYMBOLS
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.models.words import Vocabulary
from demo.training import agnews, atlas
from tests.conftest import TINY_WORDS

DESKS = ("war peace", "goal cup", "oil bank", "chip web")


def articles(count=100):
    rng = np.random.default_rng(0)
    found = []
    for index in range(count):
        label = index % 4
        own = rng.permutation(DESKS[label].split())
        found.append(
            agnews.Article(label, f"the {own[0]}", f"of {own[1]} and the {own[0]} {index}")
        )
    return found


def test_the_words_of_a_desk_are_those_that_tell_its_articles():
    found = atlas.desk_words(articles(), count=2)
    assert {name: set(of_desk) for name, of_desk in found.items()} == {
        name: set(of_desk.split()) for name, of_desk in zip(found, DESKS, strict=True)
    }


def test_texts_are_articles_and_their_titles_the_same_every_time():
    some = articles(30)
    texts, labels = atlas.chosen(some, 10)
    assert len(texts) == len(labels) == 20
    assert texts == atlas.chosen(some, 10)[0]
    by_text = {article.text: article for article in some}
    for whole, title, label in zip(texts[::2], texts[1::2], labels[::2], strict=True):
        assert (by_text[whole].title, by_text[whole].label) == (title, label)


def test_an_atlas_is_written_for_each_reader_with_heads(tiny_reader, tmp_path, monkeypatch, capsys):
    rows = [f'"{one.label + 1}","{one.title}","{one.description}"' for one in articles()]
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text("\n".join(rows), "utf-8")
    tiny_reader.save(tmp_path / "trained" / "transformer")
    vocabulary = Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
    config = Config(vocabulary=len(vocabulary), width=12, units=16, alignment=12)
    RnnSearchReader(build(config), config, vocabulary).save(tmp_path / "trained" / "rnnsearch")
    arguments = ["atlas", "--data", str(tmp_path), "--trained", str(tmp_path / "trained")]
    arguments += ["--articles", "12", "--masked", "5", "--desks", str(tmp_path / "desks.json")]
    monkeypatch.setattr(sys, "argv", arguments)
    atlas.main()
    found = Atlas.from_json(json.loads((tmp_path / "trained/transformer/atlas.json").read_text()))
    assert (found.texts, found.masked_texts) == (24, 10)
    assert found.shares.shape == (1, 2, len(found.habits))
    assert not (tmp_path / "trained/rnnsearch/atlas.json").exists()
    printed = capsys.readouterr().out
    assert "rnnsearch has no self-attention" in printed
    assert printed.count("transformer 1.") == 2
