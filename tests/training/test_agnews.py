import sys

import pytest

from demo.training import agnews
from demo.training.agnews import CorpusError


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Pyongyang #39;s nuclear ambitions", "Pyongyang's nuclear ambitions"),
        ("It isn #39;t over, they #39;re back", "It isn't over, they're back"),
        ("the  quot;great Satan quot; of old", 'the "great Satan" of old'),
        ("quot;Come home, quot; he said", '"Come home," he said'),
        ("worth  #36;10 million", "worth $10 million"),
        ("AT amp;T and Johnson &amp; Johnson", "AT&T and Johnson & Johnson"),
        (r"A second\team of\rocketeers", "A second team of rocketeers"),
        ("&lt;b&gt;Oil&lt;/b&gt; up", "Oil up"),
        ("&amp;lt;b&amp;gt;Oil&amp;lt;/b&amp;gt; up", "Oil up"),
        ("lt;b gt;...lt;/b gt; Shares rose", "... Shares rose"),
        (
            'Shares of &lt;A HREF="http://x.example/y"&gt;XYZ.N&lt;/A&gt; fell',
            "Shares of XYZ.N fell",
        ),
        ("He # 39 ; s quot ; second best quot ; again", 'He\'s "second best" again'),
        ("oil <a href = http / x & gt xyz < / a & gt up", "oil xyz up"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("a   b\t c\n", "a b c"),
        ("Nothing to mend: 9-2, U.S.", "Nothing to mend: 9-2, U.S."),
    ],
)
def test_what_the_corpus_broke_is_mended(broken, whole):
    assert agnews.clean(broken) == whole


def write(folder, name, *rows):
    path = folder / name
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_a_folder_is_read_whole(tmp_path):
    write(tmp_path, "train.csv", '"1","Title","Reuters - Body"', '"4","Chip ""X""","Body"')
    write(tmp_path, "train_more.csv", '"2","","No title"')
    write(tmp_path, "test.csv", '"3","T","D"')
    train, test = agnews.load(tmp_path)
    assert train == [
        agnews.Article(0, "Title", "Body"),
        agnews.Article(3, 'Chip "X"', "Body"),
        agnews.Article(1, "", "No title"),
    ]
    assert [article.text for article in train] == ["Title Body", 'Chip "X" Body', "No title"]
    assert test == [agnews.Article(2, "T", "D")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ('"5","T","D"', "line 2: the class must be 1, 2, 3 or 4, found '5'"),
        ('"1","T"', "line 2: expected class, title and description, found 2 columns"),
        ('"1","",""', "line 2: title and description are both empty"),
        ('"1","T","D', "line 2: unexpected end of data"),
    ],
)
def test_a_malformed_row_is_named_with_file_and_line(tmp_path, row, sentence):
    path = write(tmp_path, "train.csv", '"1","T","D"', row)
    with pytest.raises(CorpusError, match=f"{path.name}, {sentence}"):
        agnews.read_csv(path)


def test_a_file_that_is_missing_empty_or_no_text_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"no train\*\.csv"):
        agnews.load(tmp_path)
    write(tmp_path, "train.csv", '"1","T","D"')
    with pytest.raises(CorpusError, match=r"test\.csv is missing"):
        agnews.load(tmp_path)
    with pytest.raises(CorpusError, match="file is empty"):
        agnews.read_csv(write(tmp_path, "test.csv"))
    (tmp_path / "test.csv").write_bytes(b'"1","T\xff","D"\n')
    with pytest.raises(CorpusError, match="not UTF-8 text"):
        agnews.read_csv(tmp_path / "test.csv")


def test_without_folder_and_datasets_it_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(CorpusError, match="pass --data DIR"):
        agnews.load()


def articles(count):
    return [agnews.Article(i % 4, f"Title {i}", f"Body {i}") for i in range(count)]


def test_the_split_is_fixed_stratified_and_apart():
    everything = [*articles(400), agnews.Article(0, "", "No title")]
    train, validation = agnews.split(everything)
    assert agnews.split(everything) == (train, validation)
    assert [sum(a.label == label for a in validation) for label in range(4)] == [5, 5, 5, 5]
    assert not {a.text for a in train} & {a.text for a in validation}
    assert len(train) + len(validation) == len(everything)


def test_a_copy_of_a_validation_article_is_not_trained_on():
    twice = articles(400) * 2
    train, validation = agnews.split(twice)
    assert not {a.text for a in train} & {a.text for a in validation}
    assert len({a.text for a in validation}) == len(validation)


def test_variants_are_the_text_the_title_and_the_description():
    both, bare = agnews.Article(2, "T", "D"), agnews.Article(1, "", "Only")
    for name, texts in [
        ("title_description", ["T D", "Only"]),
        ("title", ["T"]),
        ("description", ["D"]),
    ]:
        found, labels = agnews.variant([both, bare], name)
        assert found == texts
        assert labels.tolist() == [2, 1][: len(texts)]
    with pytest.raises(ValueError, match="No text variant 'body'"):
        agnews.variant([both], "body")
