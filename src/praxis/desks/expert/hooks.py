"""What the expert's desk registers."""

from praxis.foundation import links

links.register("expert", "expert:expert")
