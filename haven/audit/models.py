"""One row of the log. It is written once by ``haven.audit.log.append`` and never again by anybody."""

from __future__ import annotations

from django.db import models

from haven.audit.chain import Row


class AuditRow(models.Model):
    sequence = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    event = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    detail = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    seal = models.CharField(max_length=64)

    class Meta:
        # unmanaged: `manage.py flush` and schema commands never touch this table, its migration writes plain SQL
        managed = False
        db_table = "audit_row"
        ordering = ("sequence",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence} {self.at} {self.event}"

    def as_row(self) -> Row:
        return Row(
            self.sequence,
            self.at,
            self.event,
            self.actor,
            self.subject,
            self.detail,
            self.previous,
            self.hash,
            self.seal,
        )
