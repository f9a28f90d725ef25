"""PostgreSQL as Django has it, but for how a kept connection is looked at before a request uses it."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base

# What the other end does when it goes away, and all it may say without having been asked.
_SAID = select.POLLIN | select.POLLPRI | select.POLLERR | select.POLLHUP


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the server whether it is there (`SELECT 1`, a round trip) only where the connection is not quiet.

    A server that ends, is restarted or ends the connection closes its end, and that can be read without waiting.
    """

    def is_usable(self) -> bool:
        """Whether the connection can be used; called once a request (CONN_HEALTH_CHECKS)."""
        kept = self.connection
        if kept is None or kept.closed:
            return False
        quiet = select.poll()
        quiet.register(kept.fileno(), _SAID)
        return True if not quiet.poll(0) else bool(super().is_usable())
