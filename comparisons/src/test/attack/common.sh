# Sourced by every part: counts attacks. An attack succeeds when what must hold does not.
attacks=0
succeeded=0

# attack DESCRIPTION CONDITION...: the condition is a command that succeeds while the installation holds.
attack() {
    what=$1
    shift
    attacks=$((attacks + 1))
    if ! "$@"; then
        succeeded=$((succeeded + 1))
        echo "  SUCCEEDED: $what" >&2
    fi
}

# run COMMAND...: its exit code in $code, standard error in $SCRATCH/err.
run() {
    code=0
    timeout 300 "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" || code=$?
}

# One line that begins with our name, no stack trace, the code asked for; lines about the data do not count.
refused() {
    [ "$code" = "$1" ] && ! grep -q '	at \|this is a bug' "$SCRATCH/err" &&
        [ "$(grep -vc '^data: \|^Picked up' "$SCRATCH/err")" = 1 ] && grep -q '^widthbench: ' "$SCRATCH/err"
}

report() {
    echo "$NAME: $attacks attacks, $succeeded succeeded"
    [ "$succeeded" = 0 ]
}
