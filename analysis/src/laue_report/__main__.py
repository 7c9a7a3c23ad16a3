"""``python -m laue_report`` is ``laue-report``."""

from laue_report.cli import main

main()
