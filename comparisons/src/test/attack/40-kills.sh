#!/bin/bash
# Kills sweep, solve and consistency with SIGKILL at random moments, lets them go on, and compares bytes with undisturbed runs.
#   40-kills.sh [COUNT]      COUNT kills of each (default 5 times TIMES, about two minutes on two cores)
# WIDTHBENCH names the launcher; default: that of this checkout. SEED makes the moments repeatable as far as timing is.
set -u
count=${1:-$((5 * ${TIMES:-1}))}
here=$(cd "$(dirname "$0")" && pwd -P)
widthbench=${WIDTHBENCH:-$here/../../../../widthbench}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
killed=0
compared=0

# failed WHAT: an attack that succeeded
failed() {
    failures=$((failures + 1))
    printf '  SUCCEEDED: %s\n' "$1" >&2
}

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

# kills NAME COMMAND...: COUNT kills in the first four seconds of a run, then a run to the end.
kills() {
    local name=$1 pid i
    shift
    for ((i = 0; i < count; i++)); do
        "$@" >"$work/log" 2>&1 &
        pid=$!
        sleep "$((RANDOM % 4)).$((RANDOM % 10))"
        kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        if [ $? -eq 137 ]; then killed=$((killed + 1)); fi
    done
    "$@" >"$work/log" 2>&1 || failed "$name: the last run ended with a failure: $(tail -n 1 "$work/log")"
}

# same WHAT A B: two files of the same bytes
same() {
    compared=$((compared + 1))
    cmp -s "$2" "$3" || failed "other bytes: $1"
}

none_left() {
    [ -z "$(find "$1" -name '*.tmp' -o -name '*checkpoint.npz')" ] || failed "$2: temporary files or checkpoints left"
}

"$widthbench" sweep "$work/sweep.yaml" --out "$work/whole" -q >"$work/log" 2>&1 || exit 3
kills sweep "$widthbench" sweep "$work/sweep.yaml" --out "$work/sweep" --resume -q
same 'alignment.csv of the sweep' "$work/whole/alignment.csv" "$work/sweep/alignment.csv"
same 'theory.npz of the sweep' "$work/whole/theory.npz" "$work/sweep/theory.npz"
(cd "$work/sweep" && sha256sum --quiet --check manifest.sha256) || failed 'the manifest of the sweep does not fit'
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
    same "$(basename "$task")" "$task" "$work/study/tasks/$(basename "$task")"
done
none_left "$work/study" consistency

printf '%s: %d attacks (%d before the end of the run, then %d files compared), %d succeeded\n' \
    "${NAME:-kills}" "$((3 * count))" "$killed" "$compared" "$failures"
[ "$failures" -eq 0 ]
