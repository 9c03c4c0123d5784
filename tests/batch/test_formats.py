"""One table in every format gives the same rows; what is damaged, huge or none gets a sentence."""

import csv
import datetime
import io
import json
import re
import sys
import zipfile
from decimal import Decimal
from itertools import product

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from demo.batch import Limits, Table

NAMES = ["id", "headline", "note"]
ROWS = [
    [1, "Oil, gas; “up”", None],
    [2, 'Says "no"\ttwice', "a\nb"],
    [3, "유가 🛢️ 상승", ""],
    [4, "=SUM(A1)", "x"],
]
READ = [["" if cell is None else str(cell) for cell in row] for row in ROWS]
DICTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
COLUMNS = {name: [row[index] for row in ROWS] for index, name in enumerate(NAMES)}


def as_csv(delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([NAMES, *READ])
    return text.getvalue()


def as_lines(values, end="\n"):
    return end.join(json.dumps(value, ensure_ascii=False) for value in values)


def as_xlsx(rows, change=lambda book: None):
    book, file = Workbook(), io.BytesIO()
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row, start=1):
            cell = book.active.cell(number, index, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a formula too is a text here
    change(book)
    book.save(file)
    return file.getvalue()


def as_parquet(table, **options):
    file = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), file, **options)
    return file.getvalue()


FILES = {
    "a.csv": as_csv(),
    "a.tsv": as_csv("\t"),
    "bars.txt": as_csv("|"),
    "a.jsonl": as_lines(DICTS),
    "a.ndjson": as_lines(DICTS, "\r\n") + "\r\n\r\n",
    "lines.json": as_lines(DICTS),
    "lines.txt": "\ufeff" + as_lines(DICTS),
    "arrays.jsonl": as_lines([NAMES, *ROWS]),
    "sparse.jsonl": as_lines([{k: v for k, v in one.items() if v is not None} for one in DICTS]),
    "a.json": json.dumps(DICTS),
    "pretty.json": json.dumps(DICTS, indent=2),
    "no ending": json.dumps(DICTS, ensure_ascii=False),
    "arrays.json": json.dumps([NAMES, *ROWS]),
    "columns.json": json.dumps(COLUMNS),
    "frame.json": json.dumps({k: dict(enumerate(v)) for k, v in COLUMNS.items()}),
    "index.json": json.dumps(dict(enumerate(DICTS))),
    "split.json": json.dumps({"columns": NAMES, "index": [0, 1, 2, 3], "data": ROWS}),
    "data.json": json.dumps({"data": DICTS}),
    "service.json": json.dumps({"status": "ok", "totalResults": 4, "articles": DICTS}),
    "jq.json": "\n".join(json.dumps(one, indent=1) for one in DICTS),
    "a.xlsx": as_xlsx([NAMES, *ROWS]),
    "blank rows.xlsx": as_xlsx([[], NAMES, [], *ROWS, [None, " "]]),
    "a.parquet": as_parquet(COLUMNS),
    "zstd.parquet": as_parquet(COLUMNS, compression="zstd", row_group_size=1),
}


XLSX, SHEET = FILES["a.xlsx"], "xl/worksheets/sheet1.xml"


def table(data, name="a", **options):
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return Table(name, lambda: io.BytesIO(data), **options)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_table(name):
    found = table(FILES[name], name)
    assert list(found.columns) == NAMES
    assert [row.cells for row in found] == READ
    assert {row.problem for row in found} == {None}
    assert (found.rows, found.columns[found.column]) == (4, "headline")
    assert next(iter(found.by(0))).cells == READ[0]
    with pytest.raises(ValueError, match="its columns are id, headline, note"):
        table(FILES[name], name, wanted="body")


ONE_DOCUMENT = ('["Oil","Gas"]', '[\n "Oil",\n "Gas"\n]', '{"text": ["Oil", "Gas"]}')


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *product(["a.json", "a"], ONE_DOCUMENT),
        *product(["a.json", "a.jsonl", "a"], ['"Oil"\n"Gas"\n']),
    ],
)
def test_texts_alone_are_a_column(name, data):
    found = table(data, name)
    assert [row.cells for row in found] == [["Oil"], ["Gas"]]
    assert found.columns == ("text",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (True, "true"),
        (7, "7"),
        (-2.5, "-2.5"),
        (["Oil", 1, None], '["Oil", 1, null]'),
        ({"a": {"b": "é"}}, '{"a": {"b": "é"}}'),
        ("", ""),
        (" Oil ", " Oil "),
    ],
)
def test_a_cell_of_any_kind_is_text(value, text):
    data = as_lines([{"text": "Oil climbs", "other": value}])
    assert [row.cells for row in table(data)] == [["Oil climbs", text]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2004, 8, 1), "2004-08-01"),
        (datetime.datetime(2004, 8, 1), "2004-08-01"),
        (datetime.datetime(2004, 8, 1, 9, 30), "2004-08-01 09:30:00"),
        (datetime.time(9, 30), "09:30:00"),
        (5.0, "5"),
        (0.25, "0.25"),
        (True, "true"),
        (None, ""),
    ],
)
def test_a_cell_of_excel_is_text(value, text):
    rows = [["text", "other", "end"], ["Oil climbs", value, "x"]]
    assert [row.cells for row in table(as_xlsx(rows))] == [["Oil climbs", text, "x"]]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pa.array([datetime.date(2004, 8, 1)]), "2004-08-01"),
        (pa.array([datetime.datetime(2004, 8, 1, 9, 30)]), "2004-08-01 09:30:00"),
        (pa.array([Decimal("1.50")]), "1.50"),
        (pa.array(["Gas"]).dictionary_encode(), "Gas"),
        (pa.array([b"Gas \xc3\xa9"]), "Gas é"),
        (pa.array([b"\xff\xd8" * 600]), "(1,200 bytes)"),
        (pa.array([["a", None]]), '["a", null]'),
        (pa.array([{"a": datetime.date(2004, 8, 1)}]), '{"a": "2004-08-01"}'),
        (pa.array([None]), ""),
    ],
)
def test_a_cell_of_parquet_is_text(values, text):
    data = as_parquet(pa.table({"text": ["Oil climbs"], "other": values}))
    assert [row.cells for row in table(data)] == [["Oil climbs", text]]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ('{"text": "Gas', "Line 2 is no JSON (Unterminated string"),
        ('{"text": "Gas" "id": 2}', "Line 2 is no JSON (Expecting ',' delimiter"),
        ("Gas up", "Line 2 is no JSON (Expecting value"),
        ('["Gas"]', "not of the kind that the first one is"),
        ('"Gas"', "not of the kind that the first one is"),
        ('{"n": ' + "9" * 5000 + "}", "Line 2 is no JSON (a number or a nesting too large"),
        ("[" * 100_000, "Line 2 is no JSON (a number or a nesting too large"),
    ],
)
def test_a_bad_line_of_json_says_so_and_loses_no_other(bad, problem):
    lines = ['{"text": "Oil", "id": 1}', bad, '{"text": "Court", "id": 3}', '{"id": 4}']
    read = list(table("\n".join(lines), "a.jsonl"))
    assert [row.cells[0] for row in read if not row.problem] == ["Oil", "Court", ""]
    assert problem in str(read[1].problem)
    assert read[1].cells[0].strip('"') == bad.strip('"')


def test_an_array_with_a_bad_line_keeps_the_others():
    data = '[\n{"text": "Oil"},\n{"text": "Gas\n{"text": "Court"},\n{"text": "Cup"}\n]\n'
    read = list(table(data, "a.json"))
    assert [row.cells[0] for row in read if not row.problem] == ["Oil", "Court", "Cup"]
    assert len(read) == 4


def test_half_an_emoji_in_json_is_a_text_like_any():
    assert next(iter(table('{"text": "Oil \\ud83d"}\n{"text": "Gas"}'))).cells == ["Oil \ud83d"]


def test_of_a_formula_its_last_value_is_read_and_hidden_sheets_are_not():
    def change(book):
        book.active["A2"] = '="Oil"&" up"'  # never computed, so it has no value
        book.active["A2"].data_type = "f"
        book.active.title = "News"
        hidden = book.create_sheet("Secret", 0)
        hidden.append(["text"])
        hidden.sheet_state = "hidden"
        book.create_sheet("Later").append(["other"])

    data = as_xlsx([["text", "n"], ["", 1], ["Gas climbs", 2]], change)
    found = table(data, "a.xlsx")
    assert [row.cells for row in found] == [["", "1"], ["Gas climbs", "2"]]
    assert found.said == "The sheet “News”"
    computed = re.compile(rb"</f><v ?/>|</f><v></v>")
    with_value = change_in_zip(  # the second of the file, as the hidden one stands first
        data, SHEET.replace("1", "2"), lambda sheet: computed.sub(b"</f><v>7</v>", sheet)
    )
    assert [row.cells[0] for row in table(with_value)] == ["7", "Gas climbs"]


def change_in_zip(data, entry, change):
    """The archive with one entry changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(changed, "w") as out:
        for name in given.namelist():
            content = given.read(name)
            out.writestr(name, change(content) if name == entry else content)
    return changed.getvalue()


def with_sheet(old, new):
    """The Excel file with one text of its sheet replaced by another."""
    return change_in_zip(XLSX, SHEET, lambda sheet: sheet.replace(old, new))


def archive(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(9))
    + "]><worksheet>&j;</worksheet>"
)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.zip", archive(news_xml="x"), "is an archive or another kind of document"),
        ("a.docx", archive(word__document_xml="x"), "is an archive or another kind"),
        ("a.xlsx", XLSX[:2000], "cannot be read as the Excel file"),
        ("a.xlsx", archive(xl__workbook_xml="<a>"), "cannot be read as the Excel file"),
        ("a.xlsx", with_sheet(b"</row>", b"<"), "cannot be"),
        ("a.xlsx", as_xlsx([]), "is empty"),
        ("a.xlsx", as_xlsx([[1, 2], [3, 4]]), "No column of a.xlsx holds text"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file .* password"),
        ("a.parquet", FILES["a.parquet"][:-20], "cannot be read as the Parquet file"),
        ("a.parquet", b"PAR1" + b"\xff" * 90 + b"PAR1", "cannot be read as the Parquet file"),
        ("a.parquet", as_parquet({"n": [1, 2]}), "No column of a.parquet holds text"),
        ("a.parquet", as_parquet({"text": pa.array([], pa.string())}), "is empty"),
        ("a.json", '[{"text": "Oil"}, {"text" "Gas"}]', r"no JSON from line 1 on \(Expecting ':'"),
        ("a.json", '{"text": "Oil"', "no JSON from line 1 on"),
        ("a", '[{"text": "Oil"},\n\n{"text": "Gas", }]', "no JSON from line 3 on"),
        ("a.json", "[" * 100_000, "a number or a nesting too large"),
        ("a.json", "[]", "is empty"),
        ("a.json", '{"a": [1, 2]}', "No column of a.json holds text"),
        ("a.json", b'["caf\xe9"]', "is not UTF-8 text"),
        ("a.gz", b"\x1f\x8b\x08\0", "packed with gzip"),
        ("a.pdf", b"%PDF-1.4", "is a PDF"),
        ("a.db", b"SQLite format 3\0", "is a database"),
        ("a.pkl", b"\x80\x04\x95\x0b\0\0", "binary file"),
        ("a.csv", "text\nOil\n".encode("utf-16-be"), "binary file"),
    ],
)
def test_what_is_no_table_gets_a_sentence(name, data, sentence):
    with pytest.raises(ValueError, match=sentence) as raised:
        list(table(data, name))
    assert len(str(raised.value).splitlines()) == 1


LIMITS = Limits(rows=1000, unpacked=2_000_000)
LONG = "x" * 1_000_000


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (as_xlsx([["text"], *([LONG[:30_000]] for _ in range(100))]), "unpacks to"),
        (archive(xl__workbook_xml=b"0" * 90_000_000), "unpacks to 90 MB and at most 2 MB"),
        (with_sheet(b'r="2"', b'r="999999999999"'), "holds no headline"),
        (with_sheet(b'r="C', b'r="XFD'), "at most 1,000"),
        (as_parquet({"text": [LONG + str(n) for n in range(9)]}), "unpacks to . MB and at most"),
        (
            as_parquet({"text": pa.array([LONG]).dictionary_encode().take(pa.array([0] * 900))}),
            "more than 2 MB",
        ),
        (as_parquet({"text": ["Oil"] * 1001}), "more than 1,000 rows"),
        ("text\n" + "Oil\n" * 1001, "more than 1,000 rows"),
        (as_lines([{"text": "Oil", f"k{n}": 1} for n in range(1000)]), "1,001 columns"),
    ],
)
def test_a_small_file_that_holds_very_much_gets_a_sentence_soon(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(data, limits=LIMITS)


def test_entities_that_grow_without_end_are_not_expanded():
    data = change_in_zip(XLSX, SHEET, lambda _: LAUGHS.encode())
    with pytest.raises(ValueError, match="cannot be read as the Excel file"):
        table(data, "a.xlsx", limits=LIMITS)


def test_without_its_package_a_parquet_file_is_answered_with_its_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)  # as if it were not installed
    with pytest.raises(ValueError, match=r"a\.parquet is a Parquet file.*pip install pyarrow"):
        table(FILES["a.parquet"], "a.parquet")
