"""Sessions in the database, sealed: while a second factor is set up, its secret lies in the session."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from haven import crypto
from haven.keys import WrongKey

PLACE = crypto.place("session")
"""What the data keys of sessions are bound to."""


class SessionStore(DatabaseSessions):
    def encode(self, session_dict: dict[str, Any]) -> str:
        content = json.dumps(session_dict).encode()
        return base64.b64encode(crypto.seal_alone("accounts", content, PLACE)).decode()

    def decode(self, session_data: str) -> dict[str, Any]:
        """A session that does not open is an empty one: its owner signs in again."""
        try:
            return json.loads(crypto.unseal_alone("accounts", base64.b64decode(session_data), PLACE))
        except (WrongKey, ValueError):
            return {}
