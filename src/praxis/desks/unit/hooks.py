"""Where the unit's desk is, for letters."""

from praxis.foundation.links import register

register("unit", "unit:unit")
