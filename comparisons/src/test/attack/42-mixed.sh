#!/bin/bash
# Two configurations on one folder at once, files of two runs side by side, results that would replace longer ones.
#   42-mixed.sh [COUNT]      COUNT rounds of each (default 8, about two minutes on two cores)
# WIDTHBENCH names the launcher; default: that of this checkout.
set -u
count=${1:-8}
here=$(cd "$(dirname "$0")" && pwd -P)
widthbench=${WIDTHBENCH:-$here/../../../../widthbench}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

cat >"$work/c.yaml" <<'YAML'
data:     {dimension: 8, points: 4}
network:  {depth: 2}
training: {steps: 8}
theory:   {samples: 128}
sweep:    {widths: [8, 16], seeds: 2}
YAML

bad() {
    wrong=$((wrong + 1))
    printf 'WRONG   %s\n' "$1"
}

# eta FOLDER: what the summary says
eta() { sed -n 's/.*"eta" : \([0-9.]*\).*/\1/p' "$1/summary.json" | head -n 1; }

for command in sweep solve; do
    refused=0
    for ((i = 0; i < count; i++)); do
        out=$work/$command-$i
        "$widthbench" $command "$work/c.yaml" --out "$out" --set training.eta=0.1 -q >"$work/log1" 2>&1 &
        one=$!
        "$widthbench" $command "$work/c.yaml" --out "$out" --set training.eta=0.3 -q >"$work/log2" 2>&1 &
        other=$!
        wait "$one"
        first=$?
        wait "$other"
        second=$?
        if [ "$first" -eq 0 ] && [ "$second" -eq 2 ]; then
            expected=0.1
        elif [ "$first" -eq 2 ] && [ "$second" -eq 0 ]; then
            expected=0.3
        else
            bad "$command: exits $first and $second: $(tail -n 1 "$work/log1") / $(tail -n 1 "$work/log2")"
            continue
        fi
        refused=$((refused + 1))
        [ "$(eta "$out")" = "$expected" ] || bad "$command: the summary is of eta $(eta "$out"), done was $expected"
        "$widthbench" report "$out" --out "$work/page" >"$work/log" 2>&1 || bad "report: $(tail -n 1 "$work/log")"
    done
    printf '%s: %d pairs of two configurations on one folder at once, in %d one was refused and the other whole\n' \
        "$command" "$count" "$refused"
done

# A kill between the two renames leaves the archive of one run beside the summary of another.
refused=0
repaired=0
for ((i = 1; i < count; i++)); do
    cp "$work/solve-$i/theory.npz" "$work/foreign.npz"
    [ "$(eta "$work/solve-0")" = "$(eta "$work/solve-$i")" ] &&
        "$widthbench" solve "$work/c.yaml" --out "$work/solve-$i" --set training.eta=0.2 --force -q >"$work/log" 2>&1 &&
        cp "$work/solve-$i/theory.npz" "$work/foreign.npz"
    cp "$work/foreign.npz" "$work/solve-0/theory.npz"
    "$widthbench" report "$work/solve-0" --out "$work/page" >"$work/log" 2>&1
    report=$?
    "$widthbench" compare "$work/solve-0" "$work/foreign.npz" >"$work/log" 2>&1
    compare=$?
    if [ "$report" -eq 2 ] && [ "$compare" -eq 2 ]; then refused=$((refused + 1)); else bad "report $report, compare $compare"; fi
    if "$widthbench" solve "$work/c.yaml" --out "$work/solve-0" --set training.eta="$(eta "$work/solve-0")" -q >"$work/log" 2>&1 &&
        "$widthbench" report "$work/solve-0" --out "$work/page" >"$work/log" 2>&1; then
        repaired=$((repaired + 1))
    else
        bad "not repaired: $(tail -n 1 "$work/log")"
    fi
done
printf 'archive beside the summary of another run: %d cases, %d refused by report and compare, %d repaired by the next run\n' \
    $((count - 1)) "$refused" "$repaired"

refused=0
sha=$(sha256sum <"$work/solve-0/theory.npz")
for ((i = 0; i < count; i++)); do
    "$widthbench" solve "$work/c.yaml" --out "$work/solve-0" --set training.eta="$(eta "$work/solve-0")" \
        --set theory.samples=$((16 + RANDOM % 100)) -q >"$work/log" 2>&1
    if [ $? -eq 2 ] && [ "$(sha256sum <"$work/solve-0/theory.npz")" = "$sha" ]; then refused=$((refused + 1)); else bad 'a longer run was replaced'; fi
done
printf 'shorter runs into the folder of a longer one: %d, %d refused\n' "$count" "$refused"

printf 'mixed: %d wrong\n' "$wrong"
[ "$wrong" -eq 0 ]
