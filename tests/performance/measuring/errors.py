"""What ends a program of this folder."""

from __future__ import annotations

import sys
from collections.abc import Callable

ALL_WELL, SOMETHING_FAILED, BAD_INPUT = 0, 1, 2


class BadInputError(Exception):
    """Nothing can be done with what was asked for: "problem (why): what to do"."""


def exit_status(name: str, main: Callable[[], int]) -> int:
    """Of a program `name` that is done by `main`; bad input is told in one line."""
    try:
        return main()
    except BadInputError as error:
        print(f"{name}: error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
