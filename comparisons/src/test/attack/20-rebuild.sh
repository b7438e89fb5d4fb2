# Rebuilds under running work, builds that are killed, jars and archives that are cut. On a copy of the checkout.
. "$HERE/common.sh"
checkout=$(dirname -- "$LAUNCHER")
if [ ! -f "$checkout/pom.xml" ]; then
    echo "$NAME: SKIPPED, not a checkout with sources"
    exit 0
fi
copy=$SCRATCH/copy
mkdir "$copy"
(cd "$checkout" && tar -cf - --exclude=./.git --exclude=./.widthbench --exclude=./site .) | (cd "$copy" && tar -xf -)
wb=$copy/widthbench
source=$copy/dmft-core/src/main/java/org/widthbench/core/Progress.java
small=$SCRATCH/small.yaml
printf 'network: {depth: 2}\ntraining: {steps: 40}\ntheory: {samples: 1024}\nsweep: {widths: [50, 100, 200, 400], seeds: 64}\n' >"$small"
run "$wb" --version
attack "a first build fails: code $code" test "$code" = 0

# A sweep runs while the program is built anew, twice, the second time from a source with an old date, and is cleaned away. It is
# held in between, so that it goes on afterwards with classes that it had not loaded before.
run "$wb" sweep "$small" --out "$SCRATCH/undisturbed" -q
attack "an undisturbed sweep: code $code" test "$code" = 0
"$wb" sweep "$small" --out "$SCRATCH/sweep" -q >"$SCRATCH/sweep.out" 2>"$SCRATCH/sweep.err" &
sweep=$!
tries=0
until [ -n "$(find "$SCRATCH/sweep/tasks" -name 'width-*.json' 2>/dev/null)" ] || [ $tries -ge 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
for round in 1 2; do
    before=$(cat "$copy/.widthbench/current")
    printf '// round %s\n' "$round" >>"$source"
    [ $round = 1 ] || touch -d 2001-02-03 "$source"
    "$wb" --version >"$SCRATCH/build.out" 2>&1 &
    build=$!
    sleep 2
    kill -STOP "$sweep"
    code=0
    wait "$build" || code=$?
    attack "rebuild $round beside a sweep: code $code" test "$code" = 0 -a "$before" != "$(cat "$copy/.widthbench/current")"
    [ $round = 2 ] || kill -CONT "$sweep"
done
tasks=$(find "$SCRATCH/sweep/tasks" -name 'width-*.json' | wc -l)
attack "the sweep was not amid its work, but at $tasks of 256 networks" test "$tasks" -gt 0 -a "$tasks" -lt 256
rm -rf "$copy"/*/target
kill -CONT "$sweep"
code=0
wait "$sweep" || code=$?
attack "a sweep dies of a rebuild: code $code, $(tail -n 1 "$SCRATCH/sweep.err")" test "$code" = 0
for file in alignment.csv theory.npz; do
    attack "the sweep beside rebuilds has another $file" cmp -s "$SCRATCH/undisturbed/$file" "$SCRATCH/sweep/$file"
done
attack "its manifest does not fit" sh -c "cd '$SCRATCH/sweep' && sha256sum --quiet --check manifest.sha256"

# Builds killed at any moment, with everything that they started.
for delay in $([ "${TIMES:-1}" = 1 ] && echo 2 12 || echo 1 2 3 5 8 12 16 24); do
    printf '// killed after %s\n' "$delay" >>"$copy/nn-training/src/main/java/org/widthbench/training/Trainer.java"
    setsid "$wb" --version >/dev/null 2>&1 &
    build=$!
    sleep "$delay"
    kill -9 -"$build" 2>/dev/null
    wait "$build" 2>/dev/null
    run "$wb" solve "$small" --out "$SCRATCH/after" -q --no-error-bars
    attack "the start after a build killed at $delay s: code $code" test "$code" = 0
done

# Jars and the class-data archive.
build=$copy/.widthbench/builds/$(cat "$copy/.widthbench/current")
for jar in "$build"/*.jar; do
    cp -p "$jar" "$SCRATCH/whole"
    truncate -s 1000 "$jar"
    run env WIDTHBENCH_BUILD=never "$wb" --version
    attack "$(basename "$jar") cut: code $code" refused 3
    rm "$jar"
    run env WIDTHBENCH_BUILD=never "$wb" --version
    attack "$(basename "$jar") missing: code $code" refused 3
    cp -p "$SCRATCH/whole" "$jar"
done
for size in 0 100 500000; do
    truncate -s "$size" "$build/launcher.jsa"
    run "$wb" --version
    attack "the class-data archive cut to $size bytes: code $code" test "$code" = 0 -a ! -s "$SCRATCH/err"
done
head -c 8000000 /dev/urandom >"$build/launcher.jsa"
run "$wb" --version
attack "the class-data archive overwritten: code $code" test "$code" = 0 -a ! -s "$SCRATCH/err"
report
