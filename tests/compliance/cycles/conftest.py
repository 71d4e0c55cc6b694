import pytest

from tests.compliance.cycles.acting import people


@pytest.fixture(scope="session")
def rosa_sam_and_vera(cast):
    return cast(people)


@pytest.fixture
def team(db, rosa_sam_and_vera):
    return rosa_sam_and_vera.lay()
