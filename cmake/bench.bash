#!/usr/bin/env bash
# ./bootstrap bench: a suite of points run here, its report, and what a baseline says of it. bootstrap reads this file.
#
# Each call makes a folder of its own, named by the time, below --output-dir: results.jsonl, report/ and, with a
# baseline, regressions.md. The scan beside these folders is generated once and stays.
#
# shellcheck disable=SC2154  # root, build_dir, suite, baseline, fail_on_regression and output_dir are bootstrap's

# Rows (and columns) and images of the scan; ranks: those of the largest point that the suite has for CPUs; runs of each
# point: below five nothing can be said of a change.
suite_sizes() {
  case $1 in
    smoke) echo 256 101 4 5 ;;
    full) echo 1024 201 16 10 ;;
  esac
}

make_suite_scan() {
  local scan=$1 rows=$2 images=$3
  [ ! -f "$scan" ] || return 0
  step "generating a wire scan with known truth: $images images of $rows x $rows pixels"
  "$build_dir/bin/laue-bench" generate --rows "$rows" --columns "$rows" --images "$images" --seed 1 \
    --geometry "$root/configs/geometry_34ide.xml" --output "$scan"
}

# Exits with 1 when a run failed, 3 when --fail-on-regression finds one.
run_bench() {
  local parent=${output_dir:-$root/build/bench} folder rows images ranks runs failed=0
  local report=$root/.venv/bin/laue-report
  build
  read -r rows images ranks runs <<<"$(suite_sizes "$suite")"
  folder=$parent/$(date -u +%Y%m%dT%H%M%SZ)
  mkdir -p "$folder"
  make_suite_scan "$parent/$suite.h5" "$rows" "$images"
  step "$suite: configs/$suite.json, $ranks ranks"
  launch_ranks "$ranks" "$build_dir/bin/laue-bench" run --config "$root/configs/$suite.json" --h5 "$parent/$suite.h5" \
    --geometry "$root/configs/geometry_34ide.xml" --depth-range 0:100 --staging-dir "$parent/staging" \
    --results "$folder/results.jsonl" --tag "$suite" --runs "$runs" || failed=$?
  [ -s "$folder/results.jsonl" ] || fail "the benchmark has left no results"
  step "report"
  "$report" report "$folder/results.jsonl" -o "$folder/report"
  [ -z "$baseline" ] || compare_with_baseline "$folder"
  step "results, report and verdict are in $folder"
  [ "$failed" = 0 ] || fail "some runs failed: see above"
}

compare_with_baseline() {
  local options=(--output "$1/regressions.md") verdict=0
  [ "$fail_on_regression" = no ] || options+=(--fail-on-regression)
  step "against $baseline"
  "$report" compare "$baseline" "$1/results.jsonl" "${options[@]}" || verdict=$?
  [ "$verdict" = 0 ] || status=$verdict fail "see $1/regressions.md"
}
