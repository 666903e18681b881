"""What tests of listings share."""

import pytest


@pytest.fixture
def without_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare each snapshot with the one before, whatever stages its page shows meanwhile."""
    monkeypatch.setattr("docs_ext.listings.versions.stages_of", lambda step: ())
