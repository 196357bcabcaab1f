"""The engine is tested as large pools use it: with a choice of candidates, however small the pool of a test is."""

import pytest


@pytest.fixture(autouse=True)
def _as_in_large_pools(monkeypatch):
    monkeypatch.setattr("peernet.matching.matching.FEW_PAIRS", 0)
    for module in ("pricing", "weights"):
        monkeypatch.setattr(f"peernet.matching.{module}.UNCOMPILED", 0)
    monkeypatch.setattr("peernet.matching.proving.SEVERAL_ABOVE", 0)
