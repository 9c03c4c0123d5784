"""What several ways to read many texts are tested with."""

import pytest

from demo.models.base import Card


@pytest.fixture(scope="module")
def trained(tiny_reader, tmp_path_factory):
    """A folder of trained weights in which only the tiny transformer lies."""
    folder = tmp_path_factory.mktemp("trained")
    tiny_reader.save(folder / "transformer")
    Card("transformer", "Small transformer").save(folder / "transformer")
    return folder
