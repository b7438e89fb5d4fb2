# What YAML reads as something else than it looks like is refused with code 2 in one line; so is whatever a fuzzer makes of a good
# configuration, unless it can be solved.
. "$HERE/common.sh"
while read -r yaml; do
    printf '%s\n' "$yaml" >"$SCRATCH/odd.yaml"
    run "$LAUNCHER" solve "$SCRATCH/odd.yaml" --out "$SCRATCH/result"
    attack "$yaml: code $code" refused 2
done <<'Y'
training: {steps: 017}
training: {steps: -017}
training: {steps: 0x11}
training: {steps: 0b11}
training: {steps: 0o17}
training: {steps: 1_0}
training: {steps: 1:30}
training: {steps: 08}
training: {steps: 1e1}
training: {steps: 10.0}
training: {steps: '10'}
training: {steps: !!int '017'}
training: {steps: 99999999999999999999}
training: {steps: ~}
training: {steps: yes}
training: {eta: .inf}
training: {eta: -.inf}
training: {eta: .nan}
training: {eta: 1e400}
training: {eta: 00.5}
training: {eta: 1_0.5}
training: {eta: 2026-01-01}
training: {online: on}
network: {bias: yes}
network: {bias: 1}
training: {eta: 0.1, eta: 0.2}
{training: {eta: &a 0.1, gamma0: *a}}
{<<: {training: {steps: 3}}}
{data: {points: 2}, data: {points: 4}}
{theory: {solver: &s linear}, network: {activation: *s}}
sweep: {widths: [10, 010]}
sweep: {grid: {training.steps: [010, 3]}}
data: {source: npz, path: x.npz, layout: nchw}
data: {source: npz, path: x.npz, layout: rows}
just words
- a list
Y
echo "{}" >"$SCRATCH/good.yaml"
for assignment in training.steps=017 training.online=on 'sweep.widths=[1_0]' training=3 training.steps= =3 training.steps 'training.eta=*a'; do
    run "$LAUNCHER" solve "$SCRATCH/good.yaml" --out "$SCRATCH/result" --set "$assignment"
    attack "--set $assignment: code $code" refused 2
done
# Bytes of a good configuration changed, put in, left out: exit 0 or 2, no stack trace, seeds fixed.
python3 - "$SCRATCH" "${TIMES:-1}" <<'P'
import random, sys
good = b"{data: {points: 4, dimension: 5, seed: 0}, network: {depth: 1, activation: tanh, beta: 0.8}, training: {gamma0: 1.0, eta: 0.1, steps: 3}, theory: {samples: 64}}\n"
words = [b"017", b"-1", b"1e9", b"*a", b"&a", b"!!int", b"~", b"yes", b"[", b"}", b"\t", b"\0", b"\xff", b"'", b":", b"---\n", b"1e308", b"<<"]
for k in range(40 * int(sys.argv[2])):
    random.seed(k)
    text = bytearray(good)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text))
        how = random.randrange(3)
        if how == 0:
            text[at] = random.randrange(256)
        elif how == 1:
            text[at:at] = random.choice(words)
        else:
            del text[at : at + random.randint(1, 6)]
    open(f"{sys.argv[1]}/fuzz{k}.yaml", "wb").write(bytes(text))
P
whole() {
    case $code in
        0) ! grep -q NaN "$SCRATCH/result/summary.json" ;;
        *) refused 2 ;;
    esac
}
for config in "$SCRATCH"/fuzz*.yaml; do
    # One that is there already would be the reason of another refusal.
    rm -rf "$SCRATCH/result"
    run "$LAUNCHER" solve "$config" --no-error-bars --quiet --out "$SCRATCH/result"
    attack "$(basename "$config"): code $code, $(tail -n 1 "$SCRATCH/err")" whole
done
report
