"""Who reads which case: exact assignment, its proof, its fair and its randomised forms."""

from praxis.engines.assignment.checker import verify
from praxis.engines.assignment.floors import best_floor
from praxis.engines.assignment.problem import Certificate, Infeasible, Plan, Problem, Report
from praxis.engines.assignment.randomised import marginals, sample
from praxis.engines.assignment.solve import assign

__all__ = [
    "Certificate",
    "Infeasible",
    "Plan",
    "Problem",
    "Report",
    "assign",
    "best_floor",
    "marginals",
    "sample",
    "verify",
]
