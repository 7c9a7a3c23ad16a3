"""What the programs and tests of this folder share."""

import sys
from pathlib import Path

# The program is started here as its tests start it.
sys.path.append(str(Path(__file__).resolve().parents[2] / "program"))
