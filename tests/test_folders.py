import tempfile

import pytest

from tests import folders


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_folder_in_use_stays_and_one_left_behind_goes_with_its_sockets(tmp_path):
    used, held = folders.new()
    left, lock = folders.new()
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    (left / "run").mkdir()
    (left / "run" / "sockets.json").write_text(f'{{"folder": "{sockets}"}}')
    lock.close()  # as the kernel does for a killed process
    folders.sweep()
    assert used.exists()
    assert not left.exists()
    assert not sockets.exists()
    held.close()


def test_a_folder_that_is_just_being_made_stays(tmp_path):
    young = tmp_path / f"{folders.PREFIX}young"
    young.mkdir()
    folders.sweep()
    assert young.exists()
