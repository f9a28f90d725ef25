"""Choosing the cases with the highest total score under quotas, exactly."""

from praxis.engines.selection.choice import Selection, select
from praxis.engines.selection.conflicts import Contradiction
from praxis.engines.selection.programme import Quota

__all__ = ["Contradiction", "Quota", "Selection", "select"]
