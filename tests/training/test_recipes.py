"""Each recipe runs from CSV files to a scored reader, on a corpus of a few rows."""

import json
import sys
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from demo.models import open_reader
from demo.models.encoder import EncoderReader
from demo.models.families import FAMILIES
from demo.models.transformer import Config, TransformerReader
from demo.reading import CLASSES
from demo.training import (
    agnews,
    encoder,
    evaluate,
    fine_tuning,
    rnnsearch,
    soup,
    teacher,
    transformer,
    word_vectors,
)
from demo.training.augmentation import DrawEveryEpoch
from demo.training.teacher import one_hot
from demo.training.transformer import Recipe
from tests import tiny_encoders
from tests.conftest import TRAINED

pytestmark = pytest.mark.slow
SUBJECTS = ("oil prices", "goal play", "bank thing", "chip cafe")
# As those in the corpus: what a network of a few steps makes of other texts, chance decides.
TITLES = tuple(f"{subject} {subject.split()[0]} 7" for subject in SUBJECTS)


@pytest.fixture
def corpus(tmp_path):
    rng = np.random.default_rng(0)
    for name, rows in (("train.csv", 480), ("test.csv", 40)):
        lines = []
        for row in range(rows):
            drawn = rng.choice(SUBJECTS[row % 4].split(), 6)
            lines.append(f'"{row % 4 + 1}","{" ".join(drawn[:3])} {row}","{" ".join(drawn)} {row}"')
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
    return tmp_path


ENCODER = fine_tuning.Recipe(steps=120, peak_rate=0.005, average=0.5)
QUICK = Recipe(epochs=6, batch=32, peak_rate=0.02, average=0.8)  # learns a corpus of a few rows


def test_the_transformers_recipe_learns_saves_and_is_scored(corpus, monkeypatch, capsys):
    trained = corpus / "trained"
    reader = transformer.train(corpus, trained / "transformer", QUICK)
    text = TITLES[1]
    opened = TransformerReader.load(trained / "transformer")
    assert np.array_equal(opened.read(text).probabilities, reader.read(text).probabilities)
    assert opened.read(text).label == "Sports"
    assert opened.config.clitics
    assert "validation" in (trained / "transformer" / "README.md").read_text()

    arguments = ["evaluate", "transformer", "--data", str(corpus), "--trained", str(trained)]
    monkeypatch.setattr(sys, "argv", arguments)
    evaluate.main()
    metrics = json.loads((trained / "transformer" / "metrics.json").read_text())
    assert metrics["parameters"] == opened.parameters
    assert metrics["test"]["title"]["articles"] == 40
    assert metrics["test"]["title"]["accuracy"] == 1.0
    assert "title: accuracy 1.0000 on 40 articles" in capsys.readouterr().out


def test_the_transformers_recipe_goes_on_where_it_was_cut_off(corpus, monkeypatch):
    recipe = replace(QUICK, epochs=3)
    transformer.train(corpus, corpus / "whole", recipe)

    class CutOffError(Exception):
        pass

    def cut_off(callback, epoch, logs=None, draw=DrawEveryEpoch.on_epoch_begin):
        drawn.append(epoch)
        if drawn == [0, 1, 2]:
            raise CutOffError
        draw(callback, epoch, logs)

    drawn = []
    monkeypatch.setattr(DrawEveryEpoch, "on_epoch_begin", cut_off)
    for tries in (pytest.raises(CutOffError), nullcontext()):
        with tries:
            transformer.train(corpus, corpus / "resumed", recipe, checkpoint=corpus / "kept")
    assert drawn == [0, 1, 2, 2]
    whole, resumed = (TransformerReader.load(corpus / name) for name in ("whole", "resumed"))
    for text in (*SUBJECTS, "bank prices"):
        difference = whole.read(text).probabilities - resumed.read(text).probabilities
        # Its dropout draws anew after a restart, so that the two are near and not the same.
    assert np.abs(difference).max() < 0.3


def test_the_transformers_word_vectors_start_from_those_of_an_encoder(corpus):
    base = tiny_encoders.write(corpus / "base")
    recipe = replace(QUICK, epochs=1, peak_rate=1e-9, vector_deviation=0.5)
    width = 8  # no more than there are words
    reader = transformer.train(
        corpus, corpus / "out", recipe, vectors=base, sizes=Config(width=width, heads=2)
    )
    vectors = reader.network.get_layer("embedding").token_embedding.get_weights()[0]
    start = word_vectors.from_encoder(base, reader.vocabulary.entries, width, 0.5)
    assert np.abs(vectors - start).max() < 1e-4
    assert "pretrained encoder" in (corpus / "out" / "README.md").read_text()


@pytest.mark.parametrize("family", tiny_encoders.FAMILIES)
def test_the_encoders_recipe_learns_and_writes_what_the_reader_opens(corpus, family):
    base = str(tiny_encoders.write(corpus / "base", family, head=False))
    encoder.train(corpus, base, corpus / "out", recipe=ENCODER)
    reader = open_reader(corpus / "out")
    assert reader.info.title == f"Fine-tuned {FAMILIES[family].title}"
    assert "alone" in (corpus / "out" / "README.md").read_text()
    assert [reading.label for reading in reader.read_batch(TITLES)] == list(CLASSES)


@pytest.fixture
def answers(corpus):
    """A teacher's file, and the training articles that it was asked about."""
    teacher.ask(tiny_encoders.write(corpus / "teacher"), corpus, corpus / "soft.npz")
    return corpus / "soft.npz", agnews.split(agnews.load(corpus)[0])[0]


def test_a_teachers_answers_are_kept_for_every_text_and_title(corpus, answers):
    file, articles = answers
    asked, _ = agnews.whole_and_titles(articles)
    found = teacher.softmax(teacher.Teacher([file]).logits(asked))
    expected = EncoderReader.load(corpus / "teacher").read_batch(asked)
    assert np.abs(found - [one.probabilities for one in expected]).max() < 1e-3


def test_a_title_learns_from_itself_and_its_text_a_description_from_its_text(answers):
    file, articles = answers
    kept = teacher.Teacher([file])
    of_text = teacher.softmax(kept.logits([article.text for article in articles]), 2.0)
    of_title = teacher.softmax(kept.logits([article.title for article in articles]), 2.0)
    targets = kept.targets(articles, agnews.VARIANTS, 2.0)
    assert np.allclose(targets, np.concatenate([of_text, (of_text + of_title) / 2, of_text]))


def test_a_teacher_is_any_encoder_and_is_asked_about_changed_copies(corpus):
    base = tiny_encoders.write(corpus / "base", "mpnet", head=False)
    encoder.train(corpus, str(base), corpus / "larger", recipe=ENCODER, mean_pooled=True)
    assert json.loads((corpus / "larger" / "reader.json").read_text())["kind"] == "teacher"
    with pytest.raises(ValueError, match="says it is 'teacher': the kinds are"):
        open_reader(corpus / "larger")
    teacher.ask(corpus / "larger", corpus, corpus / "soft.npz", copies=2)
    articles = agnews.split(agnews.load(corpus)[0])[0]
    answers = teacher.Teacher([corpus / "soft.npz"])
    said = answers.logits([article.text for article in articles]).argmax(-1)
    assert np.mean(said == [article.label for article in articles]) > 0.95
    texts, targets = answers.further(articles, 2)
    assert len(texts) == len(targets) == 2 * len(agnews.whole_and_titles(articles)[0])
    assert np.allclose(targets.sum(-1), 1, atol=1e-3)

    reader = transformer.train(
        corpus, corpus / "out", replace(QUICK, copies=2), [corpus / "soft.npz"]
    )
    assert reader.read(TITLES[1]).label == "Sports"
    assert "2 changed copies" in " ".join((corpus / "out" / "README.md").read_text().split())


def test_of_several_teachers_the_mean_is_learned_from(corpus):
    texts = ["oil", "goal", "bank"]
    several = [np.eye(3, 4), np.ones((3, 4)), np.full((1, 4), 4.0)]
    files = []
    for number, logits in enumerate(several):
        keys = np.array([teacher.key(text) for text in texts[: len(logits)]], np.uint64)
        files.append(corpus / f"{number}.npz")
        np.savez(files[-1], keys=keys, logits=logits.astype(np.float16))
    found = teacher.Teacher(files).logits(texts)
    assert np.allclose(found[0], (several[0][0] + 5) / 3, atol=1e-3)
    assert np.allclose(found[1:], (several[0][1:] + 1) / 2, atol=1e-3)


def test_the_best_of_several_berts_and_their_mean_is_kept(corpus, capsys):
    base = str(tiny_encoders.write(corpus / "base"))
    for name, steps in (("good", 60), ("poor", 1)):
        encoder.train(corpus, base, corpus / name, recipe=replace(ENCODER, steps=steps))
    soup.average([corpus / "poor", corpus / "good"], corpus, corpus / "kept")
    assert "the best is" in capsys.readouterr().out
    assert EncoderReader.load(corpus / "kept").read(TITLES[1]).label == "Sports"
    with pytest.raises(ValueError, match=r"holds no reader.json"):
        soup.average([corpus / "good", corpus / "nowhere"], corpus, corpus / "kept")


def test_the_mean_of_weights_leaves_whole_numbers_as_they_are():
    ones, threes = torch.ones(2), torch.full((2,), 3.0)
    assert soup.mean([ones, threes]).tolist() == [2, 2]
    assert soup.mean([torch.tensor([3]), torch.tensor([3])]).tolist() == [3]


@pytest.mark.parametrize(
    "same", ["Oil climbs 2%", "oil CLIMBS 2 %", "  Oil, climbs: 2", "Oil-climbs 2", "Oil climbs\n2"]
)
def test_a_teachers_key_is_made_of_letters_and_digits_alone(same):
    assert teacher.key(same) == teacher.key("Oil climbs 2")
    assert teacher.key(same) != teacher.key("Oil climbs 3")


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_file_without_a_teachers_answers_is_a_sentence(corpus, content):
    file = corpus / "soft.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match="holds no answers of a teacher"):
        transformer.train(corpus, corpus / "out", QUICK, [file])


def test_a_text_that_the_teacher_was_not_asked_about_is_a_sentence(answers):
    with pytest.raises(ValueError, match="no answer to 1 of 2 training texts"):
        teacher.Teacher([answers[0]]).logits([answers[1][0].text, "never seen"])


def test_an_article_without_an_answer_keeps_its_class(answers):
    file, articles = answers
    unknown = replace(articles[0], title="Never seen", description="by anyone at all")
    targets = teacher.Teacher([file]).targets([unknown, *articles], ["title_description"])
    assert targets[0].tolist() == one_hot(np.array([unknown.label]))[0].tolist()
    assert not np.isnan(targets).any()


def rewritten(file, label):
    """The teacher's file, as if it were sure of one class for every text."""
    with np.load(file) as found:
        keys = found["keys"]
    np.savez(file, keys=keys, logits=8 * one_hot(np.full(len(keys), label)))


def test_the_transformer_believes_its_teacher(corpus, answers):
    rewritten(answers[0], 1)
    recipe = replace(QUICK, epochs=2, teacher_share=1.0)
    reader = transformer.train(corpus, corpus / "out", recipe, [answers[0]])
    assert {reader.read(text).label for text in TITLES} == {"Sports"}
    card = " ".join((corpus / "out" / "README.md").read_text().split())
    assert "knowledge distillation" in card


def test_bert_believes_its_teacher(corpus, answers):
    rewritten(answers[0], 1)
    base = str(tiny_encoders.write(corpus / "base"))
    encoder.train(corpus, base, corpus / "out", recipe=ENCODER, teacher=[answers[0]])
    reader = EncoderReader.load(corpus / "out")
    assert {reader.read(text).label for text in TITLES} == {"Sports"}
    card = " ".join((corpus / "out" / "README.md").read_text().split())
    assert "knowledge distillation" in card


def test_the_frozen_head_is_scored_beside_the_fine_tuned_bert(corpus, monkeypatch):
    for name in ("trained/bert", "frozen"):
        tiny_encoders.write(corpus / name)
    arguments = ["evaluate", "bert", "--data", str(corpus), "--trained", str(corpus / "trained")]
    for more in ([], ["--frozen", str(corpus / "frozen")]):
        monkeypatch.setattr(sys, "argv", arguments + more)
        evaluate.main()
    metrics = json.loads((corpus / "trained" / "bert" / "metrics.json").read_text())
    assert metrics["frozen"]["test"] == metrics["test"]
    head = load_file(corpus / "trained" / "bert" / metrics["frozen"]["weights"])
    assert set(head) == {"classifier.weight", "classifier.bias"}


def test_berts_recipe_goes_on_where_it_was_cut_off(corpus, monkeypatch, capsys):
    base = str(tiny_encoders.write(corpus / "base"))
    recipe = fine_tuning.Recipe(steps=12)
    encoder.train(corpus, base, corpus / "whole", recipe)
    monkeypatch.setattr(fine_tuning, "CHECKPOINT_S", 0)

    class CutOffError(Exception):
        pass

    def cut_off(folder, parts, step, write=fine_tuning.save_checkpoint):
        write(folder, parts, step)
        if step == 5:
            raise CutOffError

    monkeypatch.setattr(fine_tuning, "save_checkpoint", cut_off)
    for tries in (pytest.raises(CutOffError), nullcontext()):
        with tries:
            encoder.train(
                corpus,
                base,
                corpus / "resumed",
                recipe=fine_tuning.Recipe(steps=12),
                checkpoint=corpus / "kept",
            )
    assert "going on from step 5" in capsys.readouterr().out
    whole, resumed = (EncoderReader.load(corpus / name) for name in ("whole", "resumed"))
    text = "oil prices climb"
    difference = whole.read(text).probabilities - resumed.read(text).probabilities
    assert np.abs(difference).max() < 1e-5


@pytest.mark.parametrize(
    ("family", "head"), [("bert", "classifier"), ("roberta", "classifier.out_proj")]
)
def test_the_frozen_recipe_trains_a_head_on_an_encoder_left_as_it_was(corpus, family, head):
    base = tiny_encoders.write(corpus / "base", family)
    encoder.train(corpus, str(base), corpus / "out", frozen=True)
    before, after = (load_file(folder / "model.safetensors") for folder in (base, corpus / "out"))
    moved = {
        name
        for name, part in after.items()
        if not np.array_equal(part, before[name].astype(part.dtype))
    }
    assert moved == {f"{head}.weight", f"{head}.bias"}
    readings = EncoderReader.load(corpus / "out").read_batch(TITLES)
    assert [reading.label for reading in readings] == list(CLASSES)


@pytest.mark.parametrize("recipe", [transformer, encoder, rnnsearch, evaluate])
def test_a_missing_corpus_is_a_sentence_on_the_command_line(recipe, monkeypatch, capsys, tmp_path):
    arguments = {
        transformer: [],
        rnnsearch: [],
        encoder: ["--base", str(tiny_encoders.write(tmp_path))],
    }
    chosen = arguments.get(recipe, ["transformer", "--trained", str(TRAINED)])
    monkeypatch.setattr(sys, "argv", ["recipe", "--data", str(tmp_path), *chosen])
    with pytest.raises(SystemExit):
        recipe.main()
    assert "holds no train*.csv" in capsys.readouterr().err
