"""Scans of growing size and brightness, for a machine that has none."""

from __future__ import annotations

from pathlib import Path

from measuring.launches import generate

#: Pixels along an edge and images of the steps; each has about three times the pixel-steps of the one before.
STEPS = ((128, 100), (192, 150), (256, 200), (384, 300), (512, 401), (1024, 401), (2048, 401))
#: As bright as a spot of the dimmest and of the brightest scan; 65535 is as far as uint16 counts.
AMPLITUDES = (2000, 60000)


def generate_ladder(folder: Path, geometry: Path, steps: int, depth_range: str) -> list[Path]:
    """The first `steps` of them, and beside the middle one a dim and a bright scan of its size. Throws LaunchError."""
    made = []
    for edge, images in STEPS[:steps]:
        made.append(folder / f"size_{edge}x{edge}x{images}.h5")
        generate(made[-1], geometry, *extents(edge, images), "--depth-range", depth_range)
    edge, images = STEPS[(steps - 1) // 2]
    for amplitude in AMPLITUDES:
        made.append(folder / f"amplitude_{amplitude}.h5")
        light = ("--amplitude", str(amplitude), "--background", str(amplitude // 100))
        generate(made[-1], geometry, *extents(edge, images), "--depth-range", depth_range, *light)
    return made


def extents(edge: int, images: int) -> tuple[str, ...]:
    return ("--rows", str(edge), "--columns", str(edge), "--images", str(images))
