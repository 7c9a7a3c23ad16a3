"""ReFrame's settings for trying the check on one machine, without a queue: mpirun starts the ranks."""

from __future__ import annotations

from reframe.core.backends import register_launcher
from reframe.core.launchers import JobLauncher


@register_launcher("mpirun-oversubscribed")
class OversubscribedLauncher(JobLauncher):
    """A small machine has fewer cores than a suite has ranks; the records tell what was oversubscribed."""

    def command(self, job: object) -> list[str]:
        return ["mpirun", "--oversubscribe", "-np", str(job.num_tasks)]


site_configuration = {
    "systems": [
        {
            "name": "local",
            "hostnames": [".*"],
            "partitions": [
                {
                    "name": "default",
                    "scheduler": "local",
                    "launcher": "mpirun-oversubscribed",
                    "environs": ["builtin"],
                }
            ],
        }
    ],
}
