import pytest


@pytest.fixture
def him(db, two_lines):
    return two_lines.lay()
