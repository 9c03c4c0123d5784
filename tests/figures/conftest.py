"""The records of the trained readers, by name."""

import pytest

from demo import load_panel
from tests.conftest import TRAINED


@pytest.fixture(scope="session")
def records():
    return {name: reader.record for name, reader in load_panel(TRAINED).items()}
