"""Alerts, handed to a command of the user's: each once for the launch that gave rise to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from laue_report.comparing import Outcome
from laue_report.launches import counted
from laue_report.members import Record
from laue_report.regressions import Alert

#: A command that takes longer is ended: whoever waits for the verdict has waited long enough.
LONGEST_COMMAND_S = 60.0


def alert_record(alert: Alert, outcome: Outcome) -> Record:
    """What the command reads."""
    change = alert.change
    target, point = change.cell.cell
    session_id = change.cell.new.sessions[-1]
    return {
        "level": alert.level,
        "metric": change.metric,
        "target": target + 1,
        "point": point,
        "old": change.old,
        "new": change.new,
        "change_percent": change.change_percent,
        "limit": change.limit,
        "base": outcome.old.name,
        "session_id": session_id,
        "launch": outcome.new.launches[session_id].title,
    }


def _key(record: Record) -> tuple[object, ...]:
    """What makes an alert the same one."""
    return tuple(record.get(name) for name in ("session_id", "target", "point", "metric", "level"))


@dataclass(frozen=True)
class SentAlerts:
    """A file beside the results that keeps what was sent, a JSON object per line."""

    path: Path

    @classmethod
    def beside(cls, results: Path) -> SentAlerts:
        return cls(results.with_name(f"{results.name}.sent-alerts"))

    def keys(self) -> set[tuple[object, ...]]:
        """Raises OSError. A line that was cut off is as if it had not been sent."""
        found = set()
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []:
            try:
                found.add(_key(json.loads(line)))
            except (ValueError, AttributeError, TypeError):
                continue
        return found

    def add(self, record: Record) -> None:
        """Raises OSError."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")


def _problem(command: str, record: Record) -> str | None:
    """Why the command has not taken the alert."""
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            input=json.dumps(record) + "\n",
            text=True,
            timeout=LONGEST_COMMAND_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {LONGEST_COMMAND_S:g} s"
    except OSError as error:
        return error.strerror or str(error)
    return f"exit status {done.returncode}" if done.returncode else None


def notify(command: str, alerts: Sequence[Alert], outcome: Outcome, sent: SentAlerts) -> list[str]:
    """What went wrong; an alert that was not taken is sent again next time."""
    try:
        known = sent.keys()
    except OSError as error:
        return [f"cannot read {sent.path} ({error.strerror or error}), which tells what was sent: no alert was sent"]
    failed: dict[str, int] = {}
    for alert in alerts:
        record = alert_record(alert, outcome)
        if _key(record) in known:
            continue
        if problem := _problem(command, record):
            failed[problem] = failed.get(problem, 0) + 1
            continue
        try:
            sent.add(record)
        except OSError as error:
            return [f"cannot write {sent.path} ({error.strerror or error}): alerts will be sent again"]
    return [
        f"{counted(count, 'alert')} not sent (--notify {command}: {problem}): mend the command and compare again"
        for problem, count in failed.items()
    ]
