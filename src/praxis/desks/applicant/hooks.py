"""Where letters about cases, partners and colleagues lead."""

from praxis.foundation.links import register

register("case", "applicant:case")
register("partner", "applicant:partner")
register("colleague", "applicant:colleague")
register("result", "applicant:result")
