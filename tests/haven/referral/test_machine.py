"""Store, gate and log in random order: whatever happens, nothing protected leaves and the log knows."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from extract.errors import IntakeError
from haven.audit import checkpoints, log, signing, verification
from haven.audit.models import AuditRow
from haven.cases import access, rotation
from haven.cases import services as cases
from haven.cases.models import Case, Value
from haven.cases.vocabulary import ValueState
from haven.keys import WRAPPING, keyring
from haven.referral import outbox, services
from haven.referral.models import Referral, State
from tests.haven.builders import STORY, Told
from tests.haven.referral.conftest import subject

DATABASES = ("default", "narrative", "audit")
PROTECTED = re.compile(r"maylin|ramos|daysi|lorna|204[ -]?338[ -]?9\d\d|t-0\d{3}", re.IGNORECASE)
"""Names and numbers of everybody protected in the stories told here, and the numbers of their cases."""
MOST_CASES = 2
MOST_RUNS, STEPS = 12, 20
WHICH = st.integers(0, 10**6)


def pick(rows: list, which: int) -> Any:
    return rows[which % len(rows)]


@contextlib.contextmanager
def as_intruder() -> Iterator[Any]:
    """A cursor on the log with nothing of the database in the way."""
    connection = connections["audit"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_row DISABLE TRIGGER USER")
            yield cursor
            cursor.execute("ALTER TABLE audit_row ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_row'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield cursor
            for _, sql in triggers:
                cursor.execute(sql)


class Office(RuleBasedStateMachine):
    """``make``: builds what the fixtures of pytest give. Each run happens in transactions that are rolled back."""

    make: Callable[[], dict[str, Any]]
    folder: Path
    happened: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.open = []
        for alias in DATABASES:
            around = transaction.atomic(using=alias)
            around._from_testcase = True  # as Django's own TestCase: the log may be written inside
            around.__enter__()
            self.open.append((alias, around))
        with as_intruder() as cursor:
            cursor.execute("DELETE FROM audit_row")
        self.numbers = itertools.count()
        self.seen: dict[uuid.UUID, tuple] = {}
        self.left: set[Path] = set()
        self.kept: list[checkpoints.Checkpoint] = []
        self.__dict__.update(self.make())

    def teardown(self) -> None:
        for alias, around in reversed(self.open):
            transaction.set_rollback(True, using=alias)
            around.__exit__(None, None, None)

    def allowed(self, what: Callable[[], Any]) -> Any:
        """The result, or None where the product said no in one sentence; nothing else may come out."""
        try:
            return what()
        except IntakeError as problem:
            assert not PROTECTED.search(str(problem))
            return None

    # what happens ------------------------------------------------------------------------------------------------

    @initialize()
    def first_case(self) -> None:
        self.add_case()

    def add_case(self) -> None:
        number = next(self.numbers)
        own = f"A 204 338 9{number:02}"
        text = STORY.replace("A 204 338 917", own) + f" Packet {number}."
        told = Told(id=f"{uuid.uuid4()}", text=text, facts=[("e0", "id", own), ("e1", "phone", "(832) 555-0143")])
        case = cases.store_extraction(self.extraction(told), office="VSC")
        cases.assign(case, self.officer)
        for value in subject(case).current_values():
            cases.confirm(value, self.officer)

    @precondition(lambda self: Case.objects.count() < MOST_CASES)
    @rule()
    def another_case(self) -> None:
        self.add_case()

    @rule(which=WHICH, text=st.sampled_from(["(713) 555-0100", "La Jefa", "Maylin Ramos", "A 204 338 900"]))
    def add_value(self, which: int, text: str) -> None:
        person = subject(pick(list(Case.objects.order_by("number")), which))
        field = "phone" if text.startswith("(") else "alias"
        self.allowed(lambda: cases.add_value(person, field, text, self.officer, "on page 1"))

    @rule(which=WHICH, how=st.sampled_from(["confirm", "correct", "reject", "undo"]))
    def decide(self, which: int, how: str) -> None:
        value = pick(list(Value.objects.current().order_by("case__number", "order")), which)
        more = {"correct": ("Rosa D.", "so on page 1"), "reject": ("not what the page says",)}.get(how, ())
        self.allowed(lambda: getattr(cases, how)(value, self.officer, *more))

    @rule(which=WHICH)
    def propose(self, which: int) -> None:
        case = pick(list(Case.objects.order_by("number")), which)
        done = self.allowed(lambda: services.propose(case, [subject(case)], self.officer))
        self.happened["proposed" if done else "not proposed"] += 1

    def waiting(self) -> list[Referral]:
        return list(Referral.objects.filter(state=State.PROPOSED).order_by("serial"))

    @precondition(lambda self: self.waiting())
    @rule(which=WHICH, own=st.booleans())
    def release(self, which: int, own: bool) -> None:
        referral = pick(self.waiting(), which)
        user = self.officer if own else self.supervisor
        done = self.allowed(lambda: services.release(referral, user, compared_excerpts=True, no_inference=True))

        assert not (own and done), "who proposed a referral released it"
        if done:
            self.happened["released"] += 1
            package = outbox.folder() / done.package
            row = AuditRow.objects.get(event="referral.released", detail__contains=done.package)
            assert json.loads(row.detail)["proposer"] != row.actor
            assert done.package_hash in row.detail and package.is_dir()

    @precondition(lambda self: self.waiting())
    @rule(which=WHICH, back=st.booleans())
    def deny_or_withdraw(self, which: int, back: bool) -> None:
        referral = pick(self.waiting(), which)
        if back:
            self.allowed(lambda: services.send_back(referral, self.supervisor, "say more"))
        else:
            self.allowed(lambda: services.withdraw(referral, self.officer, "too early"))
        assert Referral.objects.get(pk=referral.pk).state in (State.RETURNED, State.WITHDRAWN)

    @rule(
        which=WHICH,
        who=st.sampled_from(["officer", "supervisor", "ero"]),
        purpose=st.sampled_from(["adjudicate", "trafficking_lead", "arrest_or_removal", "propose_referral"]),
        categories=st.sets(st.sampled_from(["K1", "K3", "K4", "K9", "K12"]), min_size=1),
    )
    def ask(self, which: int, who: str, purpose: str, categories: set[str]) -> None:
        case, user = pick(list(Case.objects.order_by("number")), which), getattr(self, who)
        before = AuditRow.objects.count()

        answer = access.ask(user, purpose=purpose, categories=categories, case=case, event="case.view")

        row = AuditRow.objects.order_by("-sequence")[0]
        assert AuditRow.objects.count() == before + 1
        assert json.loads(row.detail)["decision"] == answer["decision"] and row.subject == str(case.pk)
        if who == "ero":
            assert answer["allowed"] == []

    @rule(purpose=st.sampled_from(WRAPPING))
    def rotate(self, purpose: str) -> None:
        before = max(keyring().versions(purpose))
        for one in rotation.begin([purpose], actor="test")[0]:
            rotation.rewrap(one, actor="test")
        assert set(rotation.usage(purpose)) <= {before + 1}

    @rule()
    def checkpoint(self) -> None:
        self.kept.append(signing.sign_newest(self.folder / f"{uuid.uuid4()}.jsonl", actor="test"))

    @rule(
        which=WHICH,
        how=st.sampled_from(["actor", "detail", "event", "delete", "cut off"]),
    )
    def tamper(self, which: int, how: str) -> None:
        """An intruder changes the log; verification names the row; the row is put back."""
        rows = list(AuditRow.objects.order_by("sequence"))
        row = pick(rows, which)
        gone = [row] if how == "delete" else rows[row.sequence - 1 :] if how == "cut off" else []
        with as_intruder() as cursor:
            if gone:
                numbers = [one.sequence for one in gone]
                cursor.execute(f"DELETE FROM audit_row WHERE sequence IN ({', '.join(map(str, numbers))})")
            else:
                new = {"actor": "intruder", "event": "case.nothing", "detail": '{"decision":"deny"}'}[how]
                changed = getattr(row, how) != new
                cursor.execute(f"UPDATE audit_row SET {how} = %s WHERE sequence = %s", [new, row.sequence])

        problem = verification.verify_live(self.kept).problem

        self.happened[how] += 1
        seen_by_checkpoint = max((one.sequence for one in self.kept), default=0) >= row.sequence
        if not gone:
            assert problem.startswith(f"Row {row.sequence} was changed") == changed
        elif (how == "delete" and row.sequence < len(rows)) or seen_by_checkpoint:
            assert f"Row {row.sequence} is missing" in problem
        with as_intruder() as cursor:
            if gone:
                AuditRow.objects.bulk_create([AuditRow(**asdict(one.as_row())) for one in gone])
            else:
                cursor.execute(
                    f"UPDATE audit_row SET {how} = %s WHERE sequence = %s", [getattr(row, how), row.sequence]
                )

    # what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def nothing_protected_leaves(self) -> None:
        packages = set(outbox.folder().iterdir()) if outbox.folder().exists() else set()
        for package in packages - self.left:
            for file in package.rglob("*"):
                if file.is_file():
                    assert not PROTECTED.search(words_of(file)), file.suffix
        self.left |= packages
        assert Referral.objects.filter(state=State.RELEASED).count() == len(packages)

    @invariant()
    def every_answer_is_in_the_log_and_the_log_is_whole(self) -> None:
        verdict = verification.verify_live(self.kept)
        assert verdict.problem == "" and verdict.rows == AuditRow.objects.count()
        assert verdict.checkpoints == len(self.kept)
        assert not PROTECTED.search("".join(row.detail + row.subject + row.actor for row in log.rows()))

    @invariant()
    def the_history_loses_nothing(self) -> None:
        now = {v.pk: (v.chain, v.version, v.state, str(v.text), str(v.reason), v.by_id) for v in Value.objects.all()}
        assert self.seen.items() <= now.items()
        self.seen = now
        decided = [chain for chain, _, state, *_ in now.values() if state != ValueState.PROPOSED]
        logged = AuditRow.objects.filter(event__regex=r"^value\.(confirmed|corrected|rejected|undone|added)$").count()
        assert logged >= len(set(decided))


def words_of(file: Path) -> str:
    if file.suffix == ".pdf":
        with contextlib.closing(pypdfium2.PdfDocument(file)) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return file.read_text(encoding="utf-8", errors="replace")


@pytest.mark.django_db(databases="__all__")
@pytest.mark.timeout(300)
def test_office_hours(home, officer, supervisor, signed_in, protocol, extraction, tmp_path):
    users = {"officer": officer, "supervisor": supervisor, "ero": signed_in("ero"), "extraction": extraction}

    counted: Counter[str] = Counter()

    class Here(Office):
        folder = tmp_path / "kept"
        happened = counted

        def make(self) -> dict[str, Any]:
            import shutil

            shutil.rmtree(outbox.folder(), ignore_errors=True)
            return users

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=MOST_RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert counted.keys() >= {"released", "proposed", "actor", "detail", "event", "delete", "cut off"}
