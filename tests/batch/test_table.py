"""Which table a file is: delimiter, header, the column with the texts, and what is none."""

import csv
import io
import random

import pytest

from demo.batch import Table

HEADLINES = ["Oil, gas climb", "Coach quits", '"We won", says coach', "Bank cuts rate; fans cheer"]


def table(data, **options):
    data = data.encode("utf-8") if isinstance(data, str) else data
    return Table("news.csv", lambda: io.BytesIO(data), **options)


def texts(found):
    return [row.cells[found.column] for row in found]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_delimiter_mark_and_line_end_gives_the_same_table(delimiter, bom, end):
    written = io.StringIO()
    rows = [
        ["id", "Headline", "url"],
        *([n, one, "http://x.y/z"] for n, one in enumerate(HEADLINES)),
    ]
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(rows)
    found = table(bom + written.getvalue())
    assert found.columns == ("id", "Headline", "url")
    assert texts(found) == HEADLINES
    assert (found.rows, found.delimiter) == (4, delimiter)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_headline_a_line_is_a_table_of_one_column(end):
    found = table("\n".join(HEADLINES) + end)
    assert found.columns == ("text",)
    assert texts(found) == HEADLINES


def test_a_single_column_may_have_a_header_and_quotation_marks():
    found = table('Title\n"Oil, gas climb"\n"We ""won"""\n"two\nlines"\nplain, text\n\nlast\n')
    assert found.columns == ("Title",)
    assert texts(found) == ["Oil, gas climb", 'We "won"', "two\nlines", "plain, text", "last"]


def test_lines_are_taken_as_they_are_where_that_is_asked():
    found = table('id,text\n"quoted"\n', lines=True)
    assert texts(found) == ["id,text", '"quoted"']


@pytest.mark.parametrize(
    ("data", "columns", "first"),
    [
        ("id,body,url\n1,Oil prices climb,http://a.b/long-address\n", 3, "Oil prices climb"),
        ('"3","Oil up","Oil prices up"\n"1","A","B c d e"\n', 3, "Oil prices up"),
        ("a;text;b\n1;Oil up;2\n", 3, "Oil up"),
        ("title,headline\nshort,the other one\n", 2, "the other one"),
    ],
)  # fmt: skip
def test_the_column_is_the_one_of_a_known_name_or_with_most_words(data, columns, first):
    found = table(data)
    assert len(found.columns) == columns
    assert texts(found)[0] == first


def test_a_column_can_be_named_also_without_a_header():
    assert texts(table("a,b\nOil up,x\n", wanted=" B ")) == ["x"]
    found = table("3,Oil up now\n1,Coach quits his team\n", wanted="column 1")
    assert texts(found) == ["3", "1"]
    assert texts(found.by(1)) == ["Oil up now", "Coach quits his team"]


def test_a_row_of_another_width_keeps_its_cells_and_says_so():
    found = list(table("id,text,source\n1,Oil, gas up,AP\n2,Coach quits\n\n3,Bank cuts,AP\n"))
    assert [row.cells for row in found] == [
        ["1", "Oil", " gas up,AP"],
        ["2", "Coach quits", ""],
        ["3", "Bank cuts", "AP"],
    ]
    assert [str(row.problem or "") for row in found] == [
        "The row has 4 cells and the first row has 3.",
        "The row has 2 cells and the first row has 3.",
        "",
    ]


def test_half_an_emoji_passes_as_it_is():
    assert texts(table("text\nOil \ud83d up\n".encode("utf-8", "surrogatepass"))) == [
        "Oil \ud83d up"
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "news.csv is empty"),
        (b"\n \n", "news.csv is empty"),
        (b"text\n", "holds no headline"),
        (b"id,text\n", "holds no headline"),
        ("text\nCafé opens\n".encode("latin-1"), "not UTF-8 text, at line . or soon after"),
        ("text\nOil\n".encode("utf-16"), "UTF-16"),
        (b"\x7fELF\x00\x00", "binary file"),
        (b"id,n\n1,2\n3,4\n", "No column of news.csv holds text"),
        (b"x," * 1000 + b"text\n" + b"1," * 1000 + b"Oil\n", "1,001 columns and at most 1,000"),
    ],
)  # fmt: skip
def test_what_is_no_table_gets_a_sentence(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(data)


def test_a_column_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(ValueError, match="no column 'body': its columns are id, text"):
        table("id,text\n1,Oil\n", wanted="body")


def test_any_texts_written_by_a_csv_writer_come_back_in_order():
    chosen = random.Random(7)
    letters = "ab ,;\t\"'=\n\r|é🛢️"
    for columns in (1, 2, 3):
        rows = [
            ["".join(chosen.choices(letters, k=chosen.randrange(1, 30))) for _ in range(columns)]
            for _ in range(300)
        ]
        if columns == 1:  # a line of spaces alone is no row
            rows = [row for row in rows if row[0].strip() or "\n" in row[0] or "\r" in row[0]]
        header = ["text", "b", "c"][:columns]
        written = io.StringIO()
        csv.writer(written).writerows([header, *rows])  # ends its lines with CR and LF
        assert [row.cells for row in table(written.getvalue())] == rows
