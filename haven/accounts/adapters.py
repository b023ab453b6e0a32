"""How sign-in differs from allauth's own: no sign-up, no mail, second-factor secrets sealed and never removed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from haven import crypto

PLACE = crypto.place("authenticator")
"""What the data keys of second factors are bound to."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail leaves the system; the audit log has the event."""


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.seal_text("accounts", text, PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal_text("accounts", encrypted_text, PLACE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type != Authenticator.Type.TOTP
