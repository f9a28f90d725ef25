"""From raw scores to what they say about the cases, with how sure one can be."""

from praxis.engines.calibration.calibrate import blup, calibrate
from praxis.engines.calibration.plain import mean, trimmed, zscore
from praxis.engines.calibration.result import Calibration, Reason, Shares

__all__ = ["Calibration", "Reason", "Shares", "blup", "calibrate", "mean", "trimmed", "zscore"]
