"""Sign-ins, sign-outs and refusals become rows of the audit log before anything is answered."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from haven.accounts.models import User
from haven.audit import log


@receiver(user_logged_in)
def signed_in(sender: type, request: HttpRequest, user: User, **_: Any) -> None:
    log.append("account.login", actor=str(user.pk), detail={"component": user.component, "role": user.role})


@receiver(user_logged_out)
def signed_out(sender: type, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log.append("account.logout", actor=str(user.pk))


@receiver(user_login_failed)
def refused(sender: str, credentials: dict, **_: Any) -> None:
    """What was typed as a name may be anything, even a password: the log takes it only if it is an account's."""
    user = User.objects.filter(username=credentials.get("username") or "").first()
    log.append("account.login_failed", actor=str(user.pk) if user else "unknown")


@receiver(authenticator_added)
def second_factor_added(sender: type, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Setting it up took a code, so the session has passed a second factor too."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    log.append("account.mfa_added", actor=str(user.pk))
