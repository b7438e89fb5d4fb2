#!/bin/bash
# Flips a bit in, or cuts, a random result file, and looks what compare, report and sweep --resume make of it.
#   41-corruptions.sh [COUNT]      COUNT corruptions per kind (default 8 times TIMES, about two minutes on two cores)
# WIDTHBENCH names the launcher; default: that of this checkout. SEED chooses the corruptions.
set -u
count=${1:-$((8 * ${TIMES:-1}))}
here=$(cd "$(dirname "$0")" && pwd -P)
widthbench=${WIDTHBENCH:-$here/../../../../widthbench}
RANDOM=${SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missed=0
attacks=0
detected=0
harmless=0
repaired=0

# failed WHAT: an attack that succeeded
failed() {
    missed=$((missed + 1))
    printf '  SUCCEEDED: %s\n' "$1" >&2
}

cat >"$work/c.yaml" <<'YAML'
data:     {dimension: 8, points: 4}
network:  {depth: 2}
training: {steps: 8}
theory:   {samples: 128}
sweep:    {widths: [8, 16], seeds: 2}
YAML
quiet() { "$@" >"$work/log" 2>&1; }
quiet "$widthbench" solve "$work/c.yaml" --out "$work/solve" -q || exit 3
quiet "$widthbench" train "$work/c.yaml" --width 50 --out "$work/train" -q || exit 3
quiet "$widthbench" sweep "$work/c.yaml" --out "$work/sweep" -q || exit 3

# corrupt FILE: one bit, or the end
corrupt() {
    local size at byte
    size=$(stat -c %s "$1")
    at=$(((RANDOM * 32768 + RANDOM) % size))
    # Not in place: a published file may be a second name of one in tasks/.
    cp "$1" "$1.new"
    if ((RANDOM % 3 == 0)); then
        truncate -s "$at" "$1.new"
    else
        byte=$(od -An -tu1 -j "$at" -N 1 "$1" | tr -d ' ')
        printf "\\x$(printf %x $((byte ^ (1 << (RANDOM % 8)))))" |
            dd of="$1.new" bs=1 seek="$at" conv=notrunc status=none
    fi
    mv "$1.new" "$1"
}

# one KIND FOLDER FILES COMMAND...: what COMMAND makes of a corrupted file; its output is compared with that of the whole folder.
one() {
    local kind=$1 folder=$2 i file exit
    local -n files=$3
    shift 3
    rm -rf "$work/page"
    "$@" >"$work/clean" 2>/dev/null
    cp "$work/page/index.html" "$work/clean.html" 2>/dev/null
    cp -a "$folder" "$work/kept"
    for ((i = 0; i < count; i++)); do
        attacks=$((attacks + 1))
        file=${files[RANDOM % ${#files[@]}]}
        corrupt "$folder/$file"
        rm -rf "$work/page"
        "$@" >"$work/out" 2>"$work/log"
        exit=$?
        if [ "$exit" -eq 2 ] && [ "$(wc -l <"$work/log")" -eq 1 ]; then
            detected=$((detected + 1))
        elif [ "$exit" -eq 0 ] && cmp -s "$work/out" "$work/clean" &&
            { [ ! -e "$work/page" ] || cmp -s "$work/page/index.html" "$work/clean.html"; }; then
            harmless=$((harmless + 1))
        else
            failed "$kind: $file, exit $exit: $(tail -n 1 "$work/log")"
        fi
        rm -rf "$folder"
        cp -a "$work/kept" "$folder"
    done
    rm -rf "$work/kept"
}

archives=(theory.npz)
pair=(theory.npz summary.json)
net=(network.npz summary.json)
shown=(theory.npz summary.json alignment.csv sweep.svg manifest.sha256)
one 'compare of solve and train' "$work/solve" archives "$widthbench" compare "$work/solve" "$work/train"
one 'report of solve' "$work/solve" pair "$widthbench" report "$work/solve" --out "$work/page"
one 'report of train' "$work/train" net "$widthbench" report "$work/train" --out "$work/page"
one 'report of sweep' "$work/sweep" shown "$widthbench" report "$work/sweep" --out "$work/page"

# What --resume finds damaged it computes again.
mapfile -t tasks < <(cd "$work/sweep" && find tasks -type f)
cp "$work/sweep/alignment.csv" "$work/table"
resumes=$((count / 3 + 1))
for ((i = 0; i < resumes; i++)); do
    attacks=$((attacks + 1))
    corrupt "$work/sweep/${tasks[RANDOM % ${#tasks[@]}]}"
    if quiet "$widthbench" sweep "$work/c.yaml" --out "$work/sweep" --resume -q && cmp -s "$work/table" "$work/sweep/alignment.csv" &&
        quiet "$widthbench" report "$work/sweep" --out "$work/page"; then
        repaired=$((repaired + 1))
    else
        failed "sweep --resume: $(tail -n 1 "$work/log")"
    fi
done

printf '%s: %d attacks (%d refused in one line, %d without effect, %d repaired by --resume), %d succeeded\n' \
    "${NAME:-corruptions}" "$attacks" "$detected" "$harmless" "$repaired" "$missed"
[ "$missed" -eq 0 ]
