"""Who may sign in, and what the gate is told about them at every request."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from haven.accounts.vocabulary import Component, EmployeeType, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An officer. There is no superuser: what somebody may see follows from these attributes alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True, validators=[ASCIIUsernameValidator()])
    display_name = models.CharField(max_length=100)
    component = models.CharField(max_length=20, choices=Component)
    employee_type = models.CharField(max_length=20, choices=EmployeeType)
    role = models.CharField(max_length=30, choices=Role)
    office = models.CharField(max_length=20, blank=True, help_text="e.g. VSC; the office whose cases are theirs")
    trained_1367 = models.DateField(null=True, blank=True, help_text="8 U.S.C. 1367 training, last done")
    trained_trafficking = models.DateField(null=True, blank=True, help_text="human trafficking training, last done")
    is_active = models.BooleanField(default=True)
    demonstration = models.BooleanField(default=False, help_text="made by `haven demo`; its codes can be printed")
    created = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name", "component", "employee_type", "role"]
    objects = UserManager()

    session_mfa: bool = False
    """Set by the middleware for this request only: the session passed a second factor."""

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class OigRequest(models.Model):
    """The Inspector General asked for an auditor to see the log, from when to when (``haven.accounts.oversight``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    auditor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="oig_requests")
    reference = models.CharField(max_length=40, help_text="of the letter, e.g. OIG-26-014")
    starts = models.DateField()
    ends = models.DateField(help_text="last day on which it is in force")
    recorded = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["recorded"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="an_oig_request_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.reference
