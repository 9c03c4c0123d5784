"""Readers from the Hugging Face hub: its cache on disk, and a hub that runs on this machine."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

from demo import load_panel
from demo.models.encoder import EncoderReader
from demo.models.hub import LARGEST_BYTES, Source, sources
from tests import tiny_encoders
from tests.conftest import ROOT

REPOSITORY = "somebody/tiny-news"
COMMITS = {"main": "a" * 40, "older": "b" * 40}
ASK = """
import logging, sys
from demo.models.hub import Source
logging.basicConfig(level=logging.INFO, format="log: %(message)s", stream=sys.stdout)
logging.getLogger("httpx2").disabled = logging.getLogger("httpx").disabled = True
try:
    print("folder:", Source.of(sys.argv[1]).folder())
except ValueError as error:
    print("error:", error)
"""


def asked(place: str, cache: Path, **environment: str) -> list[str]:
    """What a fresh process says that asks for a place, with the hub's cache in a folder."""
    settings = {"HF_HUB_CACHE": str(cache), "HF_HUB_DISABLE_PROGRESS_BARS": "1", **environment}
    command = [sys.executable, "-c", ASK, place]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two commits of one repository: they differ in their labels."""
    place = tmp_path_factory.mktemp("commits")
    return {
        name: tiny_encoders.write(place / name, "distilbert", labels)
        for name, labels in {"main": ("bad", "good"), "older": ("down", "up")}.items()
    }


@pytest.fixture
def cache(tmp_path, folders):
    """The cache as huggingface_hub lays it out: files by their hash, commits that link to them."""
    repository = tmp_path / "cache" / "models--somebody--tiny-news"
    for folder in ("blobs", "refs", "snapshots"):
        (repository / folder).mkdir(parents=True)
    for name, commit in COMMITS.items():
        (repository / "refs" / name).write_text(commit)
        (repository / "snapshots" / commit).mkdir()
        for file in folders[name].iterdir():
            blob = repository / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest()
            blob.write_bytes(file.read_bytes())
            (repository / "snapshots" / commit / file.name).symlink_to(blob)
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (REPOSITORY, "main"),
        (f"{REPOSITORY}@older", "older"),
        (f"{REPOSITORY}@{COMMITS['older']}", "older"),
        (f"{REPOSITORY}@{COMMITS['main']}#Bad,Good", "main"),
    ],
)
def test_what_is_in_the_cache_needs_no_network_and_a_revision_is_kept_to(
    cache, folders, place, name
):
    (said,) = asked(place, cache, HF_HUB_OFFLINE="1")
    folder = Path(said.removeprefix("folder: "))
    assert folder.name == COMMITS[name]
    reading, expected = (EncoderReader.load(one).read("oil") for one in (folder, folders[name]))
    assert reading.labels == expected.labels
    assert np.array_equal(reading.probabilities, expected.probabilities)


def test_offline_with_an_empty_cache_is_one_sentence(tmp_path):
    (said,) = asked(REPOSITORY, tmp_path, HF_HUB_OFFLINE="1")
    assert said == (
        f"error: {REPOSITORY} is no folder, it is not in the cache of Hugging Face, and the hub "
        "cannot be reached: connect to the network once, or name a folder."
    )


def test_a_hub_that_nobody_answers_at_is_one_sentence(tmp_path):
    (said,) = asked(f"{REPOSITORY}@main", tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert said.startswith(f"error: {REPOSITORY}@main is no folder, it is not in the cache")


def test_a_cached_pickle_is_refused_with_the_command_that_converts_it(cache):
    snapshot = cache / "models--somebody--tiny-news" / "snapshots" / COMMITS["main"]
    (snapshot / "model.safetensors").rename(snapshot / "pytorch_model.bin")
    (said,) = asked(REPOSITORY, cache, HF_HUB_OFFLINE="1")
    assert said.startswith(f"error: {REPOSITORY} has its weights in pytorch_model.bin")
    assert f"M.from_pretrained('{REPOSITORY}').save_pretrained('FOLDER')" in said


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for; `files` are those of its one repository."""

    files: dict[str, bytes]
    sizes: dict[str, int]
    taken: list[str]

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = unquote(urlsplit(self.path).path)
        listed = [
            {"type": "file", "path": name, "rfilename": name, "oid": "0" * 40, "size": size}
            for name, size in self.sizes.items()
        ]
        content, etag = b"", ""
        if path.startswith(f"/api/models/{REPOSITORY}/tree/"):
            content = json.dumps(listed).encode()
        elif path in (f"/api/models/{REPOSITORY}", f"/api/models/{REPOSITORY}/revision/main"):
            info = {"id": REPOSITORY, "sha": COMMITS["main"], "siblings": listed}
            content = json.dumps(info).encode()
        elif path.startswith(f"/{REPOSITORY}/resolve/"):
            name = path.split("/", 5)[-1]
            content, etag = self.files[name], hashlib.sha256(name.encode()).hexdigest()
            if self.command == "GET":
                self.taken.append(name)
        else:
            known = REPOSITORY in path
            self.send_response(404)
            self.send_header("X-Error-Code", "RevisionNotFound" if known else "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", COMMITS["main"])
        if etag:
            self.send_header("ETag", f'"{etag}"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(folders, tmp_path):
    """A hub with one repository, pickles, code and a trainer's checkpoint among its files."""
    files = {file.name: file.read_bytes() for file in folders["main"].iterdir()}
    files |= dict.fromkeys(
        ("pytorch_model.bin", "training_args.bin", "modeling.py", "step-1/model.safetensors"),
        pickle.dumps("a trap"),
    )
    sizes = {name: len(content) for name, content in files.items()}
    handler = type("OneHub", (Hub,), {"files": files, "sizes": sizes, "taken": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    handler.address = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()


def test_a_repository_is_fetched_once_and_nothing_but_what_is_needed(hub, tmp_path):
    fetching, done, first = asked(REPOSITORY, tmp_path, HF_ENDPOINT=hub.address)
    assert fetching == f"log: {REPOSITORY}: fetching 1 MB, commit {COMMITS['main']}."
    assert done.startswith(f"log: {REPOSITORY}: fetched in ")
    assert sorted(hub.taken) == [
        *("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
    ]
    hub.taken.clear()
    (again,) = asked(REPOSITORY, tmp_path, HF_ENDPOINT=hub.address)
    (offline,) = asked(REPOSITORY, tmp_path, HF_HUB_OFFLINE="1")
    assert first == again == offline
    assert hub.taken == []
    assert EncoderReader.load(first.removeprefix("folder: ")).info.labels == ("bad", "good")


def test_a_repository_that_is_too_large_is_refused_before_anything_is_fetched(hub, tmp_path):
    hub.sizes["model.safetensors"] = 2 * LARGEST_BYTES
    (said,) = asked(REPOSITORY, tmp_path, HF_ENDPOINT=hub.address)
    assert said.startswith(f"error: {REPOSITORY} would be 6,000 MB, and 3,000 MB are allowed")
    assert hub.taken == []


def test_a_repository_of_pickles_is_refused_before_anything_is_fetched(hub, tmp_path):
    del hub.sizes["model.safetensors"]
    (said,) = asked(f"{REPOSITORY}@main", tmp_path, HF_ENDPOINT=hub.address)
    assert said.startswith(f"error: {REPOSITORY}@main has its weights in pytorch_model.bin: ")
    assert hub.taken == []
    del hub.sizes["pytorch_model.bin"]
    (said,) = asked(REPOSITORY, tmp_path, HF_ENDPOINT=hub.address)
    assert said == (f"error: {REPOSITORY} has no weights in safetensors: name another repository.")


def test_a_name_or_a_revision_that_the_hub_does_not_know_is_a_sentence(hub, tmp_path):
    (said,) = asked("somebody/else", tmp_path, HF_ENDPOINT=hub.address)
    assert said == "error: somebody/else is no folder, and the hub knows no such name."
    (said,) = asked(f"{REPOSITORY}@never", tmp_path, HF_ENDPOINT=hub.address)
    assert said == f"error: {REPOSITORY} has no revision never."


@pytest.mark.parametrize("place", ["/nowhere/at/all", "./nowhere", "~/nowhere", "a b", "../x"])
def test_what_is_neither_a_folder_nor_a_name_is_said(place):
    with pytest.raises(ValueError, match="is no folder, and no name of the Hugging Face hub"):
        Source.of(place).folder()


def test_a_folder_may_be_named_as_a_hub_name_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "org" / "name@1#x").mkdir(parents=True)
    assert Source.of("org/name@1#x") == Source("org/name@1#x")
    assert Source.of("org#Good, Bad").labels == ("Good", "Bad")
    assert Source.of("org").folder() == Path("org")


def test_readers_of_a_command_line_have_a_name_and_a_place():
    assert sources(["mine=a=b", "other=org/x@1#A,B", "mine=c"]) == {
        "mine": "c",
        "other": "org/x@1#A,B",
    }
    for wrong in ("mine", "=x", "mine=", "a b=x", "<b>=x"):
        with pytest.raises(ValueError, match="is no reader: write NAME=FOLDER or NAME=ORG/NAME"):
            sources([wrong])


def test_readers_of_ones_own_stand_beside_those_of_a_folder(tiny_reader, tmp_path):
    tiny_reader.save(tmp_path / "trained" / "transformer")
    mine = tiny_encoders.write(tmp_path / "mine", "electra", ("LABEL_0", "LABEL_1"))
    panel = load_panel(
        tmp_path / "trained", also={"mine": f"{mine}#Calm,Loud", "gone": tmp_path / "gone"}
    )
    assert list(panel) == ["transformer", "mine"]
    assert panel["mine"].info.labels == ("Calm", "Loud")
    assert panel["mine"].info.title == panel.titles["mine"] == "mine"
    assert panel["mine"].record.weights_bytes > 0
    assert "gone is no folder" in panel.missing["gone"]
    assert panel["mine"].read("Oil prices climb").reader == "mine"
