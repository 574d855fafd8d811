from __future__ import annotations

import pytest

from responders.office import Office
from tests.responders.desk.seeded import Visitor


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office)
