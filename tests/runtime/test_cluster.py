import sys

import pytest

from demo.batch.__main__ import main
from demo.runtime.cluster import connect


def test_without_ray_the_flag_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ValueError, match=r"pip install -r demo/runtime/requirements\.txt"):
        connect("local")
    with pytest.raises(SystemExit) as ended:
        main(["in.csv", "out", "--cluster", "local"])
    assert ended.value.code == 2
    assert "A cluster needs Ray" in capsys.readouterr().err


def test_a_cluster_that_is_not_there_is_said_in_a_sentence():
    pytest.importorskip("ray", reason="Ray is not installed: demo/runtime/requirements.txt")
    with pytest.raises(ValueError, match="There is no cluster at auto"):
        connect("auto")
