# Planted, cut and foreign libraries; folders that others own or can write to; full and noexec file systems.
. "$HERE/common.sh"
small=$SCRATCH/small.yaml
printf 'network: {depth: 1}\ntraining: {steps: 3}\ntheory: {samples: 64}\n' >"$small"
solve() { rm -rf "$SCRATCH/result" && run env "$@" "$LAUNCHER" solve "$small" --out "$SCRATCH/result" -q --no-error-bars; }
fine() { [ "$code" = 0 ] && [ ! -e "$SCRATCH/ran" ]; }

# A library that leaves a file when it is loaded.
printf 'static void __attribute__((constructor)) run(void) { __builtin_printf(""); extern int creat(const char *, int); creat("%s", 0600); }\n' \
    "$SCRATCH/ran" >"$SCRATCH/planted.c"
if command -v cc >/dev/null 2>&1; then
    cc -shared -fPIC -o "$SCRATCH/planted.so" "$SCRATCH/planted.c"
    env LD_PRELOAD="$SCRATCH/planted.so" true
    if [ ! -e "$SCRATCH/ran" ]; then echo "$NAME: SKIPPED, the planted library does nothing when it is loaded" && exit 1; fi
    rm "$SCRATCH/ran"
else
    echo "native loading: SKIPPED in part, no C compiler; planted files are no libraries" >&2
    echo planted >"$SCRATCH/planted.so"
fi

plant() {
    mkdir -p "$1"
    for part in JCudaDriver JNvrtc JCublas2 JCudaRuntime; do
        cp "$SCRATCH/planted.so" "$1/lib$part-12.6.0-linux-x86_64.so"
    done
}

# Where JCuda unpacks by itself.
plant "$SCRATCH/tmp"
for command in "solve $small --out $SCRATCH/result -q --no-error-bars" doctor "sweep $small --out $SCRATCH/sweep -q --set sweep.widths=[8] --set sweep.seeds=1"; do
    # shellcheck disable=SC2086
    run env XDG_CACHE_HOME="$SCRATCH/cache" JAVA_OPTS="-Djava.io.tmpdir=$SCRATCH/tmp" "$LAUNCHER" $command
    attack "a library in the temporary folder is loaded by $command" fine
done
for size in 4 300000 600000; do
    head -c "$size" "$SCRATCH/planted.so" >"$SCRATCH/tmp/libJCudaDriver-12.6.0-linux-x86_64.so"
    solve XDG_CACHE_HOME="$SCRATCH/cache" JAVA_OPTS="-Djava.io.tmpdir=$SCRATCH/tmp"
    attack "a file of at most $size bytes in the temporary folder stops every start" fine
done

# What lies in the cache already.
find "$SCRATCH/cache" -name '*.so*' -type f | while read -r library; do
    cp -p "$library" "$SCRATCH/whole"
    size=$(stat -c %s "$library")
    [ "$size" -lt 50000000 ] || continue
    printf 'garbage of the same size' | dd of="$library" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
    touch -r "$SCRATCH/whole" "$library"
    solve XDG_CACHE_HOME="$SCRATCH/cache"
    if [ "$code" != 0 ] || ! cmp -s "$library" "$SCRATCH/whole"; then echo "$library"; fi
done >"$SCRATCH/kept"
# Only what a solve loads is unpacked again.
attack "damaged libraries of the same size and date are loaded: $(cat "$SCRATCH/kept")" sh -c "! grep -q openblas_nolapack '$SCRATCH/kept'"
for file in $(find "$SCRATCH/cache" -name 'libopenblas_nolapack.so.0' -o -name libjnijavacpp.so); do
    truncate -s 4096 "$file"
    solve XDG_CACHE_HOME="$SCRATCH/cache"
    attack "a cut $file" fine
    plant_over=$file
    rm -f "$plant_over"
    cp "$SCRATCH/planted.so" "$plant_over"
    solve XDG_CACHE_HOME="$SCRATCH/cache"
    attack "a foreign $file is loaded" fine
done

# Folders.
mkdir -p "$SCRATCH/evil/widthbench"
ln -s "$SCRATCH/tmp" "$SCRATCH/evil/widthbench/natives"
solve XDG_CACHE_HOME="$SCRATCH/evil"
attack "a symbolic link in the folder's place is followed" fine
attack "something was written through it" sh -c "[ ! -d '$SCRATCH/tmp/javacpp' ]"
rm "$SCRATCH/evil/widthbench/natives"
mkdir -m 0777 "$SCRATCH/evil/widthbench/natives"
chmod 0777 "$SCRATCH/evil/widthbench/natives"
solve XDG_CACHE_HOME="$SCRATCH/evil"
attack "a folder that all can write to is used" fine
attack "something was written to it" sh -c "[ ! -d '$SCRATCH/evil/widthbench/natives/javacpp' ]"
solve XDG_CACHE_HOME=/proc HOME=/proc
attack "a cache that cannot be written" fine

# Many first starts at once, as in a job array.
for i in 1 2 3 4 5 6; do
    (
        XDG_CACHE_HOME=$SCRATCH/crowd "$LAUNCHER" solve "$small" --out "$SCRATCH/crowd$i" -q --no-error-bars >/dev/null 2>&1
        echo $? >"$SCRATCH/crowd$i.code"
    ) &
done
wait
for i in 1 2 3 4 5 6; do
    attack "first start $i of six at once" test "$(cat "$SCRATCH/crowd$i.code")" = 0
done

# File systems.
mkdir "$SCRATCH/disk"
if mount -t tmpfs -o size=20m tmpfs "$SCRATCH/disk" 2>/dev/null; then
    for command in "solve $small --out $SCRATCH/result -q --no-error-bars" doctor; do
        # shellcheck disable=SC2086
        run env XDG_CACHE_HOME="$SCRATCH/disk" JAVA_OPTS="-Djava.io.tmpdir=$SCRATCH/disk" "$LAUNCHER" $command
        attack "a full cache and temporary folder: $command ends with $code" sh -c "[ $code = 3 ] && ! grep -q 'SIG\|	at ' '$SCRATCH/err'"
    done
    mount -o remount,noexec,size=900m "$SCRATCH/disk"
    run env XDG_CACHE_HOME="$SCRATCH/disk" JAVA_OPTS="-Djava.io.tmpdir=$SCRATCH/disk" \
        "$LAUNCHER" solve "$small" --out "$SCRATCH/result" -q --no-error-bars
    attack "a noexec cache and temporary folder" refused 3
    solve XDG_CACHE_HOME="$SCRATCH/disk"
    attack "a noexec cache alone" fine
    umount "$SCRATCH/disk"
else
    echo "native loading: SKIPPED in part, small file systems need root" >&2
fi
report
