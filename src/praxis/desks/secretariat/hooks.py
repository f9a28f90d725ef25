"""What this desk registers: who may run background jobs again."""

from __future__ import annotations

from praxis.foundation.jobs import policies as jobs
from praxis.foundation.programmes.policies import is_named_everywhere

jobs.register_manager(is_named_everywhere)
