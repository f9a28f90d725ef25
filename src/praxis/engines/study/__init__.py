"""A study of a call before it opens: simulated cases, experts and scores, and what the engines would make of them."""

from praxis.engines.study.calibrating import CalibrationStudy, calibration_study
from praxis.engines.study.report import Study, collusion_study, repeats_study, selection_study, study, waves_study
from praxis.engines.study.world import Model, World, collude, deal, world

__all__ = [
    "CalibrationStudy",
    "Model",
    "Study",
    "World",
    "calibration_study",
    "collude",
    "collusion_study",
    "deal",
    "repeats_study",
    "selection_study",
    "study",
    "waves_study",
    "world",
]
