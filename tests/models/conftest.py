"""A folder that holds a tiny BERT with the labels of AG News, and the reader in it."""

import shutil

import pytest

from demo.models.encoder import EncoderReader
from tests import tiny_encoders


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tiny_encoders.write(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def plain(folder):
    """The reader whose labels are those of `CLASSES`, in their order."""
    return EncoderReader.load(folder)


@pytest.fixture
def copy(folder, tmp_path):
    """The folder, to be changed."""
    return shutil.copytree(folder, tmp_path / "bert")
