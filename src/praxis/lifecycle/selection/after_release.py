"""What later stages do at the release, in the same transaction; each registers its part."""

from __future__ import annotations

from praxis.lifecycle.selection.followers import Followers

_followers = Followers()
register, run = _followers.register, _followers.run
