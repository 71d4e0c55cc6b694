import pytest

from tests import departments


@pytest.fixture
def him(db):
    return departments.him()
