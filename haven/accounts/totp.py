"""One-time codes of demonstration accounts: the only ones that the product itself can tell."""

from __future__ import annotations

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt

from extract.errors import UsageProblem
from haven.accounts.models import User


def enrol(user: User) -> None:
    """Give an account a second factor, if it has none."""
    if not Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, generate_totp_secret())


def current_code(username: str, *, at: float | None = None) -> tuple[str, int]:
    """``(code, seconds it is still good for)`` of a demonstration account.

    Raises ``UsageProblem`` for any other account, with the same sentence whether it exists or not.
    """
    user = User.objects.filter(username=username, demonstration=True, is_active=True).first()
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first() if user else None
    if factor is None:
        raise UsageProblem(f"'{username}' is no demonstration account; real accounts have their codes on a phone.")
    now = time.time() if at is None else at
    period = app_settings.TOTP_PERIOD
    code = format_hotp_value(hotp_value(decrypt(factor.data["secret"]), int(now // period)))
    return code, int(period - now % period)
