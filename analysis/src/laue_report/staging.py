"""How long copying scans to a staging folder takes, as launches measured it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from laue_report.members import Record


@dataclass(frozen=True)
class StagingRate:
    """Of a staging folder."""

    replicas: int
    """That were copied; where each node has its own folder, to the node that got most."""
    bytes: int | None
    """Of these; None where the record does not tell."""
    wall_s: float
    is_per_node: bool
    """Nodes copy at the same time, each to its own folder."""
    is_of_other_launch: bool
    free_bytes: int | None
    """In the folder, with these replicas in it; None where the record does not tell."""

    def seconds(self, scans: int, nodes: int) -> float:
        """For scans as large as the replicas were, at the same rate."""
        share = math.ceil(scans / nodes) if self.is_per_node else scans
        return share * self.wall_s / self.replicas

    def scan_bytes(self) -> float | None:
        """Of one replica."""
        return None if self.bytes is None else self.bytes / self.replicas


def _copied(record: Record) -> list[Record]:
    return [replica for replica in record.get("replicas", []) if replica["action"] != "reused"]


def _rate(record: Record, session_id: str) -> StagingRate | None:
    copied = _copied(record)
    if not copied:
        return None
    is_per_node = record.get("scope") == "node-local"
    if is_per_node:
        fullest, _ = Counter(replica.get("node") for replica in copied).most_common(1)[0]
        copied = [replica for replica in copied if replica.get("node") == fullest]
    wall_s = record.get("copy_wall_s")
    sizes = [replica["bytes"] for replica in copied if replica.get("bytes") is not None]
    return StagingRate(
        replicas=len(copied),
        bytes=sum(sizes) if len(sizes) == len(copied) else None,
        # older records tell of each replica alone; its seconds include those of checking
        wall_s=sum(float(replica["seconds"]) for replica in copied) if wall_s is None else float(wall_s),
        is_per_node=is_per_node,
        is_of_other_launch=record.get("session_id", "") != session_id,
        free_bytes=(record.get("filesystem") or {}).get("free_bytes"),
    )


def staging_rate(stagings: Sequence[Record], session_id: str, target: str) -> StagingRate | None:
    """Of the launch, or of the newest one that copied to the same folder where it found all its replicas there; None
    where no launch did."""
    rates = [rate for record in stagings if record.get("staging_dir") == target and (rate := _rate(record, session_id))]
    own = [rate for rate in rates if not rate.is_of_other_launch]
    return next(reversed(own or rates), None)
