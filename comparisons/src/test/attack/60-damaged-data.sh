# Image files and archives, each damaged in one way behind the images that are asked for: refused with code 2 in one line that names
# the file. Whole ones are read.
. "$HERE/common.sh"
python3 - "$SCRATCH" <<'P'
import gzip, io, os, random, struct, sys, zipfile
scratch = sys.argv[1]
random.seed(13)
def put(case, name, data):
    os.makedirs(f"{scratch}/{case}", exist_ok=True)
    with open(f"{scratch}/{case}/{name}", "wb") as f:
        f.write(data)
labels = bytes([0, 1, 0, 1, 5, 9, 3, 2])
idx = lambda count: struct.pack(">4i", 0x803, count, 4, 4) + random.randbytes(16 * 8)
lab = lambda count: struct.pack(">2i", 0x801, count)
def mnist(case, images, lab, zipped=True):
    pack = (lambda b: gzip.compress(b, mtime=0)) if zipped else (lambda b: b)
    end = ".gz" if zipped else ""
    put(case, "train-images-idx3-ubyte" + end, images if isinstance(images, tuple) else pack(images))
    put(case, "train-labels-idx1-ubyte" + end, pack(lab))
I, L = idx(8), lab(8) + labels
mnist("mnist-good", I, L)
mnist("mnist-good-plain", I, L, False)
for name, images, lbs in [("cut5", I[:-5], L), ("longer", I + b"\0", L), ("labels-cut", I, L[:-1]), ("labels-longer", I, L + b"\1"),
                          ("label-254", I, L[:-1] + b"\xfe"), ("label-10", I, L[:-1] + b"\x0a"), ("count-more", struct.pack(">4i", 0x803, 9, 4, 4) + I[16:], L),
                          ("count-huge", struct.pack(">4i", 0x803, 2**31 - 1, 4, 4) + I[16:], struct.pack(">2i", 0x801, 2**31 - 1) + L[8:]),
                          ("negative", struct.pack(">4i", 0x803, -1, 4, 4) + I[16:], struct.pack(">2i", 0x801, -1) + L[8:]), ("empty", b"", L)]:
    mnist("mnist-" + name, images, lbs)
    mnist("mnist-plain-" + name, images, lbs, False)
whole = gzip.compress(I, mtime=0)
for at in range(len(whole) - 8, len(whole)):
    bad = bytearray(whole); bad[at] ^= 1
    mnist(f"mnist-end{len(whole) - at}", I, L)
    put(f"mnist-end{len(whole) - at}", "train-images-idx3-ubyte.gz", bytes(bad))
for k in range(12):
    at = random.randrange(10, len(whole) - 8)
    bad = bytearray(whole); bad[at] ^= 1 << random.randrange(8)
    mnist(f"mnist-flip{k}", I, L)
    put(f"mnist-flip{k}", "train-images-idx3-ubyte.gz", bytes(bad))
mnist("mnist-garbage", I, L); put("mnist-garbage", "train-images-idx3-ubyte.gz", whole + b"more")
record = lambda label: bytes([label]) + random.randbytes(3072)
good = record(0) + record(1)
for name, second in [("good", record(9)), ("emptied", b""), ("label10", record(10)), ("label255", record(255)), ("partial", record(3)[:-1]),
                     ("byte", b"\0"), ("longer", record(3) + b"\0")]:
    put("cifar-" + name, "data_batch_1.bin", good)
    put("cifar-" + name, "data_batch_2.bin", second)
def npy(shape, count, dtype="<f8", order="False"):
    head = f"{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{count}d", *[random.gauss(0, 1) for _ in range(count)])
def npz(case, X, y):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("X.npy", X); z.writestr("y.npy", y)
    put(case, "data.npz", out.getvalue())
    return out.getvalue()
y = b"\x93NUMPY\1\0" + struct.pack("<H", 54) + b"{'descr': '<f8', 'fortran_order': False, 'shape': (4,)}".ljust(53)[:53] + b"\n"
y = npy("(4,)", 0) + struct.pack("<4d", 1, -1, 1, -1)
whole = npz("npz-good", npy("(3, 4)", 12), y)
for name, X in [("short", npy("(3, 4)", 11)), ("long", npy("(3, 4)", 13)), ("negative", npy("(-3, 4)", 12)), ("overflow", npy("(65536, 65536)", 12)),
                ("fraction", npy("(3.0, 4)", 12)), ("object", npy("(3, 4)", 12, "|O")), ("nan", npy("(3, 4)", 0) + struct.pack("<12d", *[float("nan")] * 12))]:
    npz("npz-" + name, X, y)
for k in range(8):
    bad = bytearray(whole); bad[140 + 4 * k] ^= 1 << random.randrange(8)
    put(f"npz-flip{k}", "data.npz", bytes(bad))
put("npz-cut", "data.npz", whole[:-1]); put("npz-half", "data.npz", whole[: len(whole) // 2]); put("npz-empty", "data.npz", b"")
P
# A result that is there already would be the reason of another refusal.
named() { refused 2 && grep -q "$case" "$SCRATCH/err"; }
for folder in "$SCRATCH"/mnist-* "$SCRATCH"/cifar-* "$SCRATCH"/npz-*; do
    case=$(basename "$folder")
    case $case in
        mnist-*) data="source: mnist, dir: $folder, points: 4" ;;
        cifar-*) data="source: cifar10, dir: $folder, points: 2" ;;
        *) data="source: npz, path: $folder/data.npz" ;;
    esac
    echo "{data: {$data}, network: {depth: 1}, training: {steps: 2, eta: 0.01}, theory: {samples: 64}}" >"$SCRATCH/config.yaml"
    rm -rf "$SCRATCH/result"
    run "$LAUNCHER" solve "$SCRATCH/config.yaml" --no-error-bars --out "$SCRATCH/result"
    case $case in
        *-good*) attack "$case: code $code, $(tail -n 1 "$SCRATCH/err")" test "$code" = 0 ;;
        *) attack "$case: code $code, $(tail -n 1 "$SCRATCH/err")" named ;;
    esac
done
report
