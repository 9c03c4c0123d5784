"""Batches: every row read, in its order, and a run that was cut off goes on where it stopped."""

import csv
import io
import re
import subprocess
import sys

import numpy as np
import pytest

from demo import batch
from demo.batch import Done, Row, Table, Verdict
from demo.batch.__main__ import main
from demo.reading import CLASSES
from demo.serving.panel import Panel
from tests import other_reader
from tests.batch.test_formats import as_parquet, as_xlsx
from tests.conftest import ROOT, TINY_WORDS

RESULTS = ["transformer", "transformer_confidence", "agree", "problem"]


@pytest.fixture(scope="module")
def panel(tiny_reader, tmp_path_factory):
    """The tiny transformer, and a reader with labels of its own, that fails on some texts."""
    panel = Panel()
    panel.add(tiny_reader, tmp_path_factory.mktemp("readers"))
    panel.add(Failing(), tmp_path_factory.mktemp("readers"))
    return panel


class Failing(other_reader.CapitalsReader):
    """Fails as a network would, on texts with a certain word."""

    def classify(self, texts):
        if any("storm" in text for text in texts):
            raise RuntimeError(f"out of range: {texts}")
        return super().classify(texts)


@pytest.fixture
def classify(trained, tmp_path, capsys):
    """The command line on a file of some content; gives its exit status, words and rows."""

    def run(content, *options, out="out.csv"):
        given, result = tmp_path / "in.csv", tmp_path / out
        if content is not None:
            given.write_bytes(
                content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            )
        status = 0
        try:
            main([str(given), str(result), "--trained", str(trained), *options])
        except SystemExit as ended:
            status = ended.code
        said = "".join(capsys.readouterr())
        return status, said, rows_of(result) if status == 0 else None

    return run


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def headlines(count, seed=3):
    chosen = np.random.default_rng(seed)
    return [
        f"{number} {' '.join(chosen.choice(TINY_WORDS, chosen.integers(1, 40)))}"
        for number in range(count)
    ]


def test_every_row_keeps_its_place_and_gets_what_the_reader_says(tiny_reader, panel):
    texts = headlines(3 * batch.CHUNK + 5)
    table = Table("in.csv", lambda: io.BytesIO("\n".join(texts).encode()))
    readers = {"a": panel["transformer"], "b": panel["transformer"]}
    chunks = list(batch.read(readers, table))
    assert [len(chunk) for chunk in chunks] == [batch.CHUNK] * 3 + [5]
    done = [one for chunk in chunks for one in chunk]
    assert [one.row.cells for one in done] == [[text] for text in texts]
    for one in done[::37]:
        reading = tiny_reader.read(one.row.cells[0])
        assert one.verdict.classes == (reading.label,) * 2
        assert one.verdict.confidences == pytest.approx([reading.probabilities.max()] * 2, abs=1e-5)
        assert one.verdict.agree


def test_a_row_that_cannot_be_read_says_why_and_loses_nothing(panel):
    texts = ["oil up", "", " \t", "oil " * 5001, "half \ud83d", "\u200b", "court"]
    rows = [*(Row([text]) for text in texts), Row(["oil"], ValueError("The row has 2 cells."))]
    found = batch.verdicts({"tiny": panel["transformer"]}, rows, 0)
    sentences = [
        "",
        "is empty",
        "is empty",
        "20,004 characters",
        "half an emoji",
        "nothing to read",
    ]
    for verdict, said in zip(found, [*sentences, "", "2 cells"], strict=True):
        assert said in str(verdict.problem)
        assert bool(said) == bool(verdict.problem)
        assert len(verdict.classes) == len(verdict.confidences) == (0 if said else 1)


def test_each_reader_says_its_own_labels(panel):
    texts = ["oil", "OIL", "Oil prices"]
    found = batch.verdicts(panel, [Row([text]) for text in texts], 0)
    assert [verdict.classes[1] for verdict in found] == ["Quiet", "Loud", "Quiet"]
    for verdict, text in zip(found, texts, strict=True):
        assert verdict.classes[0] == panel["transformer"].read(text).label
        assert not verdict.agree


@pytest.mark.parametrize(
    "texts",
    [
        ["storm"],
        ["oil", "storm", "court"],
        ["storm", "oil"],
        ["storm", "storm", "storm"],
        ["oil", "", "storm"],
        ["oil " * 5001, "storm", "OIL"],
        ["oil"] * 40 + ["storm"] + ["court"] * 40,
    ],
)
def test_a_text_that_a_reader_fails_on_loses_no_other(panel, texts, caplog):
    found = batch.verdicts(panel, [Row([text]) for text in texts], 0)
    for text, verdict in zip(texts, found, strict=True):
        if text == "storm":
            assert str(verdict.problem).startswith("Counts capitals failed on this text")
        assert bool(verdict.problem) == (text not in ("oil", "OIL", "court"))
        assert len(verdict.classes) == (0 if verdict.problem else 2)
    assert "storm" not in caplog.text  # what people give is in no log


def test_the_cells_are_the_input_then_each_reader_then_agreement_and_problem():
    verdict = Verdict(("World", "Sports"), (0.5, 0.98765))
    row = Row(["1", "Oil up"])
    assert batch.cells(Done(row, verdict), 2) == [
        *("1", "Oil up"),
        *("World", "0.5000", "Sports", "0.9877", "no", ""),
    ]
    assert batch.cells(Done(row, Verdict(problem=ValueError("Why."))), 2) == [
        *("1", "Oil up"),
        *("", "", "", "", "", "Why."),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("http://x.y")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        "=5",
    ],
)
def test_a_formula_gets_an_apostrophe(cell):
    assert batch.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3.25", "-1,5", "-2e5", "-7%", "-", "", "Oil = up", "a@b"])
def test_a_number_or_a_text_stays_as_it_is(cell):
    assert batch.harmless(cell) == cell


def test_the_command_line_writes_the_columns_and_the_delimiter_of_the_input(classify, tmp_path):
    given = "id;Headline;n\n1;Oil, prices climb;-5\n2;;x\n3;=court;y\n"
    status, said, _ = classify(given)
    assert status == 0
    assert "3 rows, column 'Headline' read by transformer" in said
    assert "1 cannot be read" in said
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith("\ufeffid;".encode())
    head, first, empty, formula = rows_of(tmp_path / "out.csv", ";")
    assert head == ["id", "Headline", "n", *RESULTS]
    assert first[:3] == ["1", "Oil, prices climb", "-5"]
    assert first[3] in CLASSES
    assert 0.25 <= float(first[4]) <= 1
    assert first[5:] == ["yes", ""]
    assert empty == ["2", "", "x", "", "", "", "The cell is empty."]
    assert formula[1] == "'=court"


def test_the_command_line_says_what_was_mended(classify):
    _, said, rows = classify("text\noil &amp; gas\nﬁnance &#39;up\ncoast\n")
    assert "2 texts were mended before reading: HTML entities in 2, ligatures in 1." in said
    assert rows[1][0] == "oil &amp; gas"  # as it was given
    _, said, _ = classify("text\noil\ngas\n")
    assert "mended" not in said


def test_raw_leaves_formulas_and_a_named_column_is_read(classify):
    given = "text,other\noil,=court\nprices,=storm\n"
    _, said, rows = classify(given, "--raw", "--column", "other", "--reader", "transformer")
    assert "column 'other'" in said
    assert [row[:2] for row in rows[1:]] == [["oil", "=court"], ["prices", "=storm"]]


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.55, 0.9, 0.999, 1.0])
def test_a_run_that_was_cut_off_goes_on_and_ends_the_same(classify, tmp_path, kept):
    texts = [f'{text}, "said"\n=two é\ud83d' for text in headlines(2 * batch.CHUNK + 9)]
    given = io.StringIO()
    csv.writer(given).writerows([["id", "text"], *enumerate(texts)])
    _, said, rows = classify(given.getvalue())
    out = tmp_path / "out.csv"
    whole = out.read_bytes()
    start = whole.index(b"\n") + 1  # a run that wrote anything wrote the header
    out.write_bytes(whole[: start + int(kept * (len(whole) - start))] if kept else b"")
    assert classify(None) == (0, said, rows)
    assert out.read_bytes() == whole


def test_rows_that_stand_there_already_are_not_read_again(classify, tmp_path):
    classify("text\noil\nprices\n")
    out = tmp_path / "out.csv"
    lines = out.read_bytes().splitlines(keepends=True)
    lines[1] = b"oil,Kept,0.1234,yes,\r\n"
    out.write_bytes(b"".join(lines[:2]))
    _, _, rows = classify(None)
    assert rows[1][1] == "Kept"
    assert rows[2][0] == "prices"


CELLS = ["a\rb", "a\r\nb", "a\nb", "\ra", 'a"b', '"', "a,b;c\td|e", " a ", "a\x0bb\x85c\u2028d", ""]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("cell", CELLS)
def test_any_cell_is_written_read_back_and_resumed(panel, tmp_path, cell, delimiter):
    given, out = io.StringIO(), tmp_path / "out.csv"
    rows = [["id", "text", "note"], ["1", "oil", cell], ["2", f"oil {cell}", "x"], ["3", "gas", ""]]
    csv.writer(given, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    table = Table("in.csv", lambda: io.BytesIO(given.getvalue().encode()))
    batch.write({"transformer": panel["transformer"]}, table, out)
    whole = out.read_bytes()
    shown = [[batch.harmless(cell) for cell in row] for row in rows]
    assert [row[:3] for row in rows_of(out, delimiter)] == shown
    back = Table("out.csv", lambda: io.BytesIO(whole), wanted="note")
    assert back.columns[:3] == ("id", "text", "note")
    assert [row.cells[:3] for row in back] == shown[1:]
    assert {row.problem for row in back} == {None}
    for cut in (whole.index(b"2") + 1, len(whole) - 1, whole.index(b"\n", 60) + 1):
        out.write_bytes(whole[:cut])
        batch.write({"transformer": panel["transformer"]}, table, out)
        assert out.read_bytes() == whole


def test_a_result_begins_with_the_mark_that_excel_needs(classify, tmp_path, panel):
    given = "id;text\n1;Zürich’s oil\n"
    for before in ("", "\ufeff"):
        assert classify(before + given, out=f"{bool(before)}.csv")[0] == 0
    (one, other) = ((tmp_path / f"{name}.csv").read_bytes() for name in ("False", "True"))
    assert one == other
    assert one.startswith("\ufeffid;text;".encode())
    assert one.count("\ufeff".encode()) == 1
    table = Table("in.csv", lambda: io.BytesIO(given.encode()))
    readers = {"transformer": panel["transformer"]}
    done = [one for chunk in batch.read(readers, table) for one in chunk]
    assert batch.as_csv(table, list(readers), done).encode() == one  # as the page gives it


def test_a_result_without_the_mark_is_gone_on_with(classify, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("text,transformer,transformer_confidence,agree,problem\noil,Kept,0.1,yes,\n")
    _, _, rows = classify("text\noil\n\ufeffprices\n")
    assert [row[:2] for row in rows[:2]] == [["text", "transformer"], ["oil", "Kept"]]
    assert rows[2][0] == "\ufeffprices"  # within a file it is part of the text


def test_half_an_emoji_is_written_as_what_utf_8_can_hold(classify, tmp_path):
    status, said, rows = classify("text\noil \ud83d up\ncourt\n")
    assert (status, rows[1][0]) == (0, "oil \ufffd up")
    assert "half an emoji" in rows[1][-1]
    assert classify(None)[1] == said


@pytest.mark.parametrize(
    ("given", "options", "names", "read"),
    [
        ("Headlines\noil climb\n", [], "Headlines", ["oil climb"]),
        ("Headlines\noil climb\n", ["--no-header"], "text", ["Headlines", "oil climb"]),
        ("the court\noil climb\n", ["--header"], "the court", ["oil climb"]),
        (",sentence\n0,oil climb\n", [], ",sentence", ["oil climb"]),
        ("sep=;\nid;text\n1;oil\n", ["--header"], "id,text", ["oil"]),
        ("3|oil\n1|court\n", ["--column", "column 2"], "column 1,column 2", ["oil", "court"]),
        ('{"n": 1, "title": "oil"}\n{"n": 2, "title": "court"}', [], "n,title", ["oil", "court"]),
        ('[{"text": "oil"}, {"text": "court"}]', ["--no-header"], "text", ["oil", "court"]),
        (as_xlsx([["id", "text"], [1, "oil"]]), [], "id,text", ["oil"]),
        (as_xlsx([["id", "text"]]), ["--no-header"], "column 1,column 2", ["text"]),
        (as_parquet({"id": [1, 2], "text": ["oil", "court"]}), [], "id,text", ["oil", "court"]),
    ],
)  # fmt: skip
def test_the_command_line_reads_every_format(classify, tmp_path, given, options, names, read):
    status, _, _ = classify(given, *options)
    assert status == 0
    delimiter = next(d for d in ",;|" if d in (tmp_path / "out.csv").read_text().split("\n")[0])
    head, *rows = rows_of(tmp_path / "out.csv", delimiter)
    assert head[:-4] == names.split(",")
    assert [row[len(head) - 5] for row in rows] == read
    if isinstance(given, bytes):  # a run that was cut off goes on from these formats, too
        whole = (tmp_path / "out.csv").read_bytes()
        (tmp_path / "out.csv").write_bytes(whole[:-5])
        assert classify(None, *options)[0] == 0
        assert (tmp_path / "out.csv").read_bytes() == whole


@pytest.mark.parametrize(
    "there",
    [
        "something else",
        "text,bert,bert_confidence,agree,problem\n",
        "text,transformer,transformer_confidence,agree,problem\ncourt,World,0.9,yes,\n",
        "text,transformer,transformer_confidence,agree,problem\nbroken\noil,World,0.9,yes,\n",
        "text,transformer,transformer_confidence,agree,problem\n"
        "oil,World,0.9,yes,\nprices,World,0.9,yes,\nmore,World,0.9,yes,\n",
        b"\xff\xfe\n",
    ],
)
def test_a_file_that_is_no_part_of_the_result_is_left_alone(classify, tmp_path, there):
    out = tmp_path / "out.csv"
    out.write_bytes(there if isinstance(there, bytes) else there.encode())
    before = out.read_bytes()
    status, said, _ = classify("text\noil\nprices\n")
    assert status == 2
    assert "out.csv holds something else than this result" in said
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        (None, [], "in.csv: No such file"),
        (b"", [], "in.csv is empty"),
        (b"text\ncaf\xe9\n", [], "not UTF-8"),
        (b"\x7fELF\0\0", [], "binary file"),
        (b"1,2\n3,4\n", [], "No column of .* holds text"),
        (b"text,b\n1,2\n", ["--column", "b", "--no-header"], "no column 'b'"),
        (b"text\noil\n", ["--column", "body"], "no column 'body'"),
        (b"text\noil\n", ["--reader", "gpt"], "no reader 'gpt': .* are transformer"),
        (
            b"text\noil\n",
            ["--reader", "transformer", "bert"],
            "no reader 'bert': .* are transformer",
        ),
        (b"text,agree\noil,b\n", [], "a column 'agree', as the result would"),
        (b"text\noil\n", ["--trained", "nowhere"], "No reader could be opened in nowhere"),
    ],
)
def test_a_wrong_file_or_wish_ends_with_one_sentence(classify, tmp_path, given, options, sentence):
    status, said, _ = classify(given, *options)
    assert status == 2
    assert not (tmp_path / "out.csv").exists()
    assert len(said.strip().splitlines()) == 1
    assert re.search(sentence, said)


def test_the_result_is_not_written_over_the_input_or_where_nothing_can_be(classify):
    assert classify("text\noil\n", out="in.csv")[:2][0] == 2
    status, said, _ = classify("text\noil\n", out="none/out.csv")
    assert status == 2
    assert "none/out.csv: No such file or directory." in said


def test_the_module_can_be_run_and_shows_no_traceback(tmp_path):
    command = [sys.executable, "-m", "demo.batch", tmp_path / "none.csv", tmp_path / "out.csv"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr == f"{tmp_path / 'none.csv'}: No such file or directory.\n"
