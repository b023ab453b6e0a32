"""Three databases that can be kept, backed up and opened apart (decision 6): cases, narratives, log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg.conninfo

from extract.errors import ConfigurationProblem

ALIASES = {"default": "cases", "narrative": "narrative", "audit": "audit"}
"""Alias to the stem of its SQLite file; on PostgreSQL the names are those of the URL, ``_narrative`` and ``_audit``."""

NARRATIVE = {"pagetext", "runrecord"}
"""Models of ``haven.cases`` that live in the narrative store. They refer to cases by id only, never by foreign key."""


class StoreRouter:
    """Sends each model to its database; no query and no migration reaches another one."""

    def _alias(self, app_label: str, model_name: str | None) -> str:
        if app_label == "audit":
            return "audit"
        if app_label == "cases" and model_name in NARRATIVE:
            return "narrative"
        return "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return self._alias(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        # not type(first): request.user is a lazy object of another type than its model
        return self.db_for_read(first) == self.db_for_read(second)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        if model_name is None:  # RunSQL and RunPython say which database they mean, or mean the app's own
            return hints.get("database", self._alias(app_label, None)) == db
        return self._alias(app_label, model_name) == db


def sqlite(home: Path) -> dict[str, dict[str, Any]]:
    """WAL lets readers go on while one writes; ``synchronous=FULL`` keeps a committed log row over a power cut."""
    return {
        alias: {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "data" / f"{stem}.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
        for alias, stem in ALIASES.items()
    }


def postgres(url: str) -> dict[str, dict[str, Any]]:
    """``postgres://user:password@host:port/name``, with any parameter that libpq knows. Raises ConfigurationProblem."""
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        given = {}
    name = given.pop("dbname", None)
    if not url.startswith(("postgres://", "postgresql://")) or not name:
        raise ConfigurationProblem(
            "HAVEN_DATABASE_URL cannot be used: it must look like postgres://user:password@host:5432/name."
        )
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": given,
    }
    suffixes = {"default": "", "narrative": "_narrative", "audit": "_audit"}
    return {alias: {**common, "NAME": f"{name}{suffix}"} for alias, suffix in suffixes.items()}
