import pytest

from extract.narrative import Narrative, load


@pytest.fixture(scope="session")
def narrative() -> Narrative:
    """The pipeline that ships, loaded once."""
    return load()
