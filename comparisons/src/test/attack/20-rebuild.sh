# Rebuilds under running work, builds that are killed, jars and archives that are cut. On a copy of the checkout.
. "$HERE/common.sh"
checkout=$(dirname -- "$LAUNCHER")
if [ ! -f "$checkout/pom.xml" ]; then
    echo "$NAME: SKIPPED, not a checkout with sources"
    exit 0
fi
copy=$SCRATCH/copy
mkdir "$copy"
(cd "$checkout" && tar -cf - --exclude=.git --exclude=.widthbench --exclude=site .) | (cd "$copy" && tar -xf -)
wb=$copy/widthbench
small=$SCRATCH/small.yaml
printf 'network: {depth: 2}\ntraining: {steps: 40}\ntheory: {samples: 512}\nsweep: {widths: [50, 100, 200], seeds: 4}\n' >"$small"
run "$wb" --version
attack "a first build fails: code $code" test "$code" = 0

# Work runs while the program is built anew, cleaned, and built again.
"$wb" sweep "$small" --out "$SCRATCH/sweep" -q >"$SCRATCH/sweep.out" 2>"$SCRATCH/sweep.err" &
sweep=$!
sleep 1
for round in 1 2; do
    printf '// round %s\n' "$round" >>"$copy/dmft-core/src/main/java/org/widthbench/core/Progress.java"
    run "$wb" --version
    attack "rebuild $round beside running work: code $code" test "$code" = 0
done
rm -rf "$copy"/*/target
code=0
wait "$sweep" || code=$?
attack "a sweep dies of a rebuild: code $code" test "$code" = 0
attack "it left no table" test -s "$SCRATCH/sweep/alignment.csv"

# A source with an old date.
touch -d 2001-02-03 "$copy/dmft-core/src/main/java/org/widthbench/core/Progress.java"
before=$(cat "$copy/.widthbench/current")
run "$wb" --version
attack "an old source is not built" test "$code" = 0 -a "$before" != "$(cat "$copy/.widthbench/current")"

# Builds killed at any moment, with everything that they started.
for delay in 1 3 5 8 12 16; do
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
