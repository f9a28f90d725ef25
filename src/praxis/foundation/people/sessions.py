"""Sessions in the database, as Django keeps them; each page asks for one, so the question is built once."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from praxis.foundation import clock
from praxis.foundation.statements import Statement

_LIVE: Statement[Session] = Statement(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=str, now=datetime
)


class SessionStore(db.SessionStore):
    """Django's own but for how a session is read."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key or "", now=clock.machine())
        if found is None:
            # A key that is not in the table, or no longer: none of the sender's choice is taken over.
            self._session_key = None
        return found
