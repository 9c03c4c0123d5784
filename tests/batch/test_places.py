import pytest

from demo.batch import places


@pytest.fixture
def folder(tmp_path):
    for name in ("b.csv", "a.csv", "c.jsonl", "_asked.json", ".draft", "deep/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text\noil\n")
    return tmp_path


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("a.csv", ["a.csv"]),
        ("*.csv", ["a.csv", "b.csv"]),
        ("[ac].*", ["a.csv", "c.jsonl"]),
        ("*/*.csv", ["deep/d.csv"]),
        ("", ["a.csv", "b.csv", "c.jsonl", "deep/d.csv"]),
    ],
)
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_file_a_folder_or_a_pattern_names_files_in_their_order(folder, place, names, scheme):
    filesystem, found = places.files(f"{scheme}{folder}/{place}".rstrip("/"))
    assert [one.path for one in found] == [f"{folder}/{name}" for name in names]
    assert filesystem.open_input_file(found[0].path).readall() == b"text\noil\n"


def test_a_relative_path_is_found_from_where_one_is(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [one.base_name for one in places.files("*.jsonl")[1]] == ["c.jsonl"]
    assert places.is_there("deep")
    assert not places.is_there("none")


def test_what_is_not_there_is_said_in_a_sentence(folder):
    for place in ("none.csv", "none/*.csv", "*.parquet"):
        with pytest.raises(ValueError, match="There is no file at"):
            places.files(f"{folder}/{place}")
    with pytest.raises(ValueError, match="cannot be opened"):
        places.files("nowhere://bucket/a.csv")
