"""The example of a results file that ships with the schema."""

from __future__ import annotations

import json

from laue_report.records import read_results
from laue_report.shipped_schema import shipped_schema
from laue_report.validation import Validator
from make_example import EXAMPLE


def test_the_example_is_valid_and_has_every_type_of_record() -> None:
    assert Validator(shipped_schema()).check(read_results(EXAMPLE)) == []
    described = {entry["$ref"].rpartition("/")[2] for entry in shipped_schema()["oneOf"]}
    assert {json.loads(line)["type"] for line in EXAMPLE.read_text(encoding="utf-8").splitlines()} == described
