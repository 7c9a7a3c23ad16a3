"""What programs read of a report: env.json, kernel_manifest.json and summary.json, each with a schema."""

from __future__ import annotations

from laue_report.finding import Finding
from laue_report.members import Record
from laue_report.report.card import Card, bottleneck_text
from laue_report.report.figures import FigureGroup
from laue_report.report.subject import Subject
from laue_report.shipped_schema import ENVIRONMENT, KERNEL_MANIFEST, REPORT_SUMMARY, shipped_schema

#: Members of `kernel` records that tell variants of a benchmark apart, or what came of one.
_VARIANT_MEMBERS = (
    "backend",
    "architecture",
    "precision",
    "size",
    "threads",
    "iterations",
    "success",
    "error",
    "skip_reason",
    "p50_s",
    "p90_s",
    "p95_s",
    "p99_s",
    "mean_s",
    "stddev_s",
    "pixel_steps_per_s",
    "bytes_per_s",
    "flop_per_s",
    "triad_fraction",
    "fma_fraction",
    "memory",
    "accuracy",
)

_POINT_MEMBERS = (
    "staging_dir",
    "point_id",
    "mode",
    "parallel",
    "threads",
    "precision",
    "output_layout",
    "output_compression",
    "runs",
    "failed",
    "min_s",
    "p50_s",
    "p95_s",
    "p99_s",
    "max_s",
    "throughput_per_min",
    "pixel_steps_per_s",
)


def _head(schema: str) -> Record:
    return {"schema_version": shipped_schema(schema)["version"]}


def environment_of(subject: Subject) -> Record:
    """Null where the files hold no launch, or it does not tell."""
    params = subject.params
    options = {
        name: value
        for name, value in params.items()
        if name not in ("type", "environment", "host", "git", "schema_version", "ts", "session_id", "plan_id")
    }
    return _head(ENVIRONMENT) | {
        "session_id": subject.launch.session_id if subject.launch else None,
        "ts": params.get("ts"),
        "plan_id": params.get("plan_id"),
        "results_schema_version": params.get("schema_version"),
        "host": params.get("host"),
        "git": params.get("git"),
        "options": options,
        "environment": params.get("environment"),
    }


def kernel_manifest_of(subject: Subject) -> Record:
    """All benchmarks that the files tell of, each with its variants."""
    benchmarks: dict[str, Record] = {}
    for record in subject.everything.kernels:
        name = str(record.get("benchmark_id"))
        facts = {member: record.get(member) for member in ("category", "task", "source")}
        entry = benchmarks.setdefault(name, {"benchmark_id": name, **facts, "variants": []})
        host = (record.get("host") or {}).get("hostname")
        variant = {member: record.get(member) for member in _VARIANT_MEMBERS}
        entry["variants"].append({"ts": record.get("ts"), "host": host, **variant})
    return _head(KERNEL_MANIFEST) | {"benchmarks": [benchmarks[name] for name in sorted(benchmarks)]}


def summary_of(subject: Subject, card: Card, groups: list[FigureGroup]) -> Record:
    best = subject.best
    return _head(REPORT_SUMMARY) | {
        "session_id": subject.launch.session_id if subject.launch else None,
        "launch": subject.launch.title() if subject.launch else None,
        "best": None if best is None else _point(best) | {"bottleneck": bottleneck_text(subject)},
        "card": dict(card.facts.rows),
        "points": [_point(row) for row in subject.points.iter_rows(named=True)],
        "findings": [_finding(finding) for finding in subject.findings],
        "caveats": card.caveats,
        "plots": [figure.slug for group in groups for figure in group.figures],
        "not_shown": {group.plot.name: group.missing for group in groups if group.missing},
        "warnings": subject.everything.warnings,
    }


def _point(row: Record) -> Record:
    return {member: row[member] for member in _POINT_MEMBERS}


def _finding(finding: Finding) -> Record:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "text": finding.text,
        "values": finding.values,
        "points": finding.points,
    }
