# Whole numbers of thousands of millions under every key: refused with code 2 in one line.
. "$HERE/common.sh"
echo '{}' >"$SCRATCH/mlp.yaml"
echo '{data: {source: textures, side: 4, points: 4}, network: {architecture: cnn, depth: 2, activation: relu}, training: {steps: 3}}' \
    >"$SCRATCH/cnn.yaml"
for number in 1000000000 2147483647 2147483648 9223372036854775808; do
    for key in theory.samples network.depth training.steps data.points data.dimension sweep.seeds 'theory.solver=static-ntk theory.samples' \
        'theory.solver=linear network.activation=linear theory.samples' 'theory.solver=alternating theory.samples' \
        'data.source=teacher data.outputs' 'data.source=teacher data.testPoints'; do
        set --
        for word in $key; do
            case $word in *=*) set -- "$@" --set "$word" ;; *) set -- "$@" --set "$word=$number" ;; esac
        done
        run "$LAUNCHER" solve "$SCRATCH/mlp.yaml" --out "$SCRATCH/out" "$@"
        attack "$key=$number: code $code" refused 2
    done
    for key in network.kernel theory.samples network.depth training.steps data.side data.channels data.points; do
        run "$LAUNCHER" solve "$SCRATCH/cnn.yaml" --out "$SCRATCH/out" --set "$key=$number"
        attack "cnn, $key=$number: code $code" refused 2
    done
done
for kernel in 46341 65537; do
    run "$LAUNCHER" solve "$SCRATCH/cnn.yaml" --out "$SCRATCH/out" --set network.kernel=$kernel
    attack "cnn, network.kernel=$kernel: code $code" refused 2
done
for config in mlp cnn; do
    run "$LAUNCHER" train "$SCRATCH/$config.yaml" --width 2000000000 --out "$SCRATCH/out"
    attack "$config, width 2000000000: code $code" refused 2
    run "$LAUNCHER" check "$SCRATCH/$config.yaml" --set "sweep.widths=[2000000000]"
    attack "$config, check of width 2000000000: code $code" refused 2
done
run "$LAUNCHER" reproduce fig1 --quick --seeds 2000000000 --out "$SCRATCH/out"
attack "fig1 with 2000000000 seeds: code $code" refused 2

# What Java and the system do not allow: code 3 in one line.
run env JAVA_OPTS=-XX:+NoSuchOption "$LAUNCHER" --version
attack "an unknown option of Java: code $code" refused 3
run env JAVA_OPTS=-Xmx900000g "$LAUNCHER" --version
attack "a heap that nobody has: code $code" refused 3
run sh -c "ulimit -v 3000000; exec '$LAUNCHER' check '$SCRATCH/mlp.yaml'"
attack "ulimit -v 3000000: code $code" refused 3
run sh -c "ulimit -n 64; exec '$LAUNCHER' solve '$SCRATCH/mlp.yaml' --out '$SCRATCH/out'"
attack "ulimit -n 64: code $code" refused 3
run env JAVA_TOOL_OPTIONS=-XX:+UseG1GC "$LAUNCHER" --version
attack "another collector: code $code" test "$code" = 0
run env OMP_NUM_THREADS=8,1 "$LAUNCHER" train "$SCRATCH/mlp.yaml" --width 8 --out "$SCRATCH/omp" -q --set training.steps=3
attack "OMP_NUM_THREADS=8,1: code $code" test "$code" = 0
run sh -c "'$LAUNCHER' --help >/dev/full"
attack "help to a full disk: code $code" refused 2
report
