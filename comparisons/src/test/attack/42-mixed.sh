#!/bin/bash
# Two configurations on one folder at once, files of two runs side by side, results that would replace longer ones.
#   42-mixed.sh [COUNT]      COUNT rounds of each (default 3 times TIMES, about a minute on two cores)
# WIDTHBENCH names the launcher; default: that of this checkout.
set -u
count=${1:-$((3 * ${TIMES:-1}))}
here=$(cd "$(dirname "$0")" && pwd -P)
widthbench=${WIDTHBENCH:-$here/../../../../widthbench}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0
attacks=0

cat >"$work/c.yaml" <<'YAML'
data:     {dimension: 8, points: 4}
network:  {depth: 2}
training: {steps: 8}
theory:   {samples: 128}
sweep:    {widths: [8, 16], seeds: 2}
YAML

bad() {
    wrong=$((wrong + 1))
    printf '  SUCCEEDED: %s\n' "$1" >&2
}

# eta FOLDER: what the summary says
eta() { sed -n 's/.*"eta" : \([0-9.]*\).*/\1/p' "$1/summary.json" | head -n 1; }

for command in sweep solve; do
    for ((i = 0; i < count; i++)); do
        attacks=$((attacks + 1))
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
        [ "$(eta "$out")" = "$expected" ] || bad "$command: the summary is of eta $(eta "$out"), done was $expected"
        "$widthbench" report "$out" --out "$work/page" >"$work/log" 2>&1 || bad "report: $(tail -n 1 "$work/log")"
    done
done

# A kill between the two renames leaves the archive of one run beside the summary of another.
for ((i = 1; i < count; i++)); do
    attacks=$((attacks + 1))
    cp "$work/solve-$i/theory.npz" "$work/foreign.npz"
    [ "$(eta "$work/solve-0")" = "$(eta "$work/solve-$i")" ] &&
        "$widthbench" solve "$work/c.yaml" --out "$work/solve-$i" --set training.eta=0.2 --force -q >"$work/log" 2>&1 &&
        cp "$work/solve-$i/theory.npz" "$work/foreign.npz"
    cp "$work/foreign.npz" "$work/solve-0/theory.npz"
    "$widthbench" report "$work/solve-0" --out "$work/page" >"$work/log" 2>&1
    report=$?
    "$widthbench" compare "$work/solve-0" "$work/foreign.npz" >"$work/log" 2>&1
    compare=$?
    [ "$report" -eq 2 ] && [ "$compare" -eq 2 ] || bad "an archive beside another summary: report $report, compare $compare"
    "$widthbench" solve "$work/c.yaml" --out "$work/solve-0" --set training.eta="$(eta "$work/solve-0")" -q >"$work/log" 2>&1 &&
        "$widthbench" report "$work/solve-0" --out "$work/page" >"$work/log" 2>&1 || bad "not repaired: $(tail -n 1 "$work/log")"
done

sha=$(sha256sum <"$work/solve-0/theory.npz")
for ((i = 0; i < count; i++)); do
    attacks=$((attacks + 1))
    "$widthbench" solve "$work/c.yaml" --out "$work/solve-0" --set training.eta="$(eta "$work/solve-0")" \
        --set theory.samples=$((16 + RANDOM % 100)) -q >"$work/log" 2>&1
    if [ $? -eq 2 ] && [ "$(sha256sum <"$work/solve-0/theory.npz")" = "$sha" ]; then :; else bad 'a longer run was replaced'; fi
done

printf '%s: %d attacks, %d succeeded\n' "${NAME:-mixed}" "$attacks" "$wrong"
[ "$wrong" -eq 0 ]
