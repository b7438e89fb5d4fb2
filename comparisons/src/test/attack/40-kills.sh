#!/bin/bash
# Kills sweep, solve and consistency with SIGKILL at random moments, lets them go on, and compares bytes with undisturbed runs.
#   40-kills.sh [COUNT]      COUNT kills of each (default 12, about four minutes on two cores)
# WIDTHBENCH names the launcher; default: that of this checkout. SEED makes the moments repeatable as far as timing is.
set -u
count=${1:-12}
here=$(cd "$(dirname "$0")" && pwd -P)
widthbench=${WIDTHBENCH:-$here/../../../../widthbench}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

cat >"$work/sweep.yaml" <<'YAML'
data:     {dimension: 12, points: 6}
network:  {depth: 2}
training: {steps: 60}
theory:   {samples: 1024}
sweep:    {widths: [50, 200, 400], seeds: 4}
YAML
cat >"$work/study.yaml" <<'YAML'
tasks:
  online:   {source: teacher, dimension: 3, degrees: [1, 2]}
  repeated: {source: teacher, dimension: 3, degrees: [2], points: 8}
network:  {depth: 2}
training: {eta: 0.3, steps: 40, batch: 4}
measure:  {times: 5, testPoints: 8, kernelPoints: 3, sharpnessPoints: 4}
sweep:    {widths: [8, 16, 32], seeds: 6}
theory:   {samples: 512}
YAML

# kills NAME COMMAND...: COUNT kills in the first four seconds of a run, then a run to the end; says how many were before its end.
kills() {
    local name=$1 midway=0 pid i
    shift
    for ((i = 0; i < count; i++)); do
        "$@" >"$work/log" 2>&1 &
        pid=$!
        sleep "$((RANDOM % 4)).$((RANDOM % 10))"
        if kill -9 "$pid" 2>/dev/null; then midway=$((midway + 1)); fi
        wait "$pid" 2>/dev/null
    done
    if ! "$@" >"$work/log" 2>&1; then
        failures=$((failures + 1))
        printf 'FAILED  %s: the last run ended with a failure: %s\n' "$name" "$(tail -n 1 "$work/log")"
    fi
    printf '%s: %d kills, %d of them before the end\n' "$name" "$count" "$midway"
}

# same WHAT A B: two files of the same bytes
same() {
    if cmp -s "$2" "$3"; then
        printf 'same bytes: %s\n' "$1"
    else
        failures=$((failures + 1))
        printf 'FAILED  other bytes: %s\n' "$1"
    fi
}

none_left() {
    local left
    left=$(find "$1" -name '*.tmp' -o -name '*checkpoint.npz' | wc -l)
    printf '%s: %d temporary files and checkpoints left\n' "$2" "$left"
    [ "$left" -eq 0 ] || failures=$((failures + 1))
}

"$widthbench" sweep "$work/sweep.yaml" --out "$work/whole" -q >"$work/log" 2>&1 || exit 3
kills sweep "$widthbench" sweep "$work/sweep.yaml" --out "$work/sweep" --resume -q
same 'alignment.csv of the sweep' "$work/whole/alignment.csv" "$work/sweep/alignment.csv"
same 'theory.npz of the sweep' "$work/whole/theory.npz" "$work/sweep/theory.npz"
(cd "$work/sweep" && sha256sum --quiet --check manifest.sha256) || failures=$((failures + 1))
none_left "$work/sweep" sweep

solve=(solve "$work/sweep.yaml" --set training.steps=200 --no-error-bars -q)
"$widthbench" "${solve[@]}" --out "$work/solved" >"$work/log" 2>&1 || exit 3
kills solve "$widthbench" "${solve[@]}" --out "$work/solve" --resume
same 'theory.npz of the solve' "$work/solved/theory.npz" "$work/solve/theory.npz"
none_left "$work/solve" solve

"$widthbench" consistency "$work/study.yaml" --out "$work/studied" --device cpu -q >"$work/log" 2>&1
kills consistency "$widthbench" consistency "$work/study.yaml" --out "$work/study" --device cpu --resume -q
same 'exponents.csv of the study' "$work/studied/exponents.csv" "$work/study/exponents.csv"
for task in "$work/studied/tasks"/*; do
    cmp -s "$task" "$work/study/tasks/$(basename "$task")" || {
        failures=$((failures + 1))
        printf 'FAILED  other bytes: %s\n' "$(basename "$task")"
    }
done
printf 'tasks of the study compared: %d\n' "$(find "$work/studied/tasks" -type f | wc -l)"
none_left "$work/study" consistency

printf 'kills: %d failures\n' "$failures"
[ "$failures" -eq 0 ]
