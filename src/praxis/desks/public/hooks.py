"""Where letters with a public page lead."""

from praxis.foundation.links import register

register("invitation", "public:invitation")
register("members", "public:unit")
