package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.training.family.KernelSnapshot;
import org.widthbench.training.family.Lanczos;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.family.Sharpness;
import org.widthbench.training.family.TrainableNetwork;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/** Trains one network on a stream, or on one set, and looks at it. */
record NetworkMeasurement(NetworkFamily family, ConsistencySpec spec) {
    /**
     * Follows one network along the stream.
     *
     * @param task name for errors
     * @throws SolverException if it diverges
     */
    NetworkRun follow(String task, SampleStream stream, int width, long seed, Progress progress) {
        int[] times = spec.times();
        int steps = spec.training().steps();
        Samples test = stream.test();
        Samples bent = test.slice(0, spec.measure().sharpnessPoints());
        try (TrainableNetwork network = family.create(width, seed)) {
            Recorder recorder =
                    new Recorder(network, test, test.slice(0, spec.measure().kernelPoints()), times);
            double[] batchLoss = new double[steps];
            List<double[]> sharpness = new ArrayList<>();
            for (int t = 0; t <= steps; t++) {
                if (Arrays.binarySearch(times, t) >= 0) {
                    recorder.look(sharpness.size());
                    sharpness.add(sharpness(network, bent));
                }
                if (t < steps) {
                    batchLoss[t] =
                            network.descend(stream.batch(t), spec.training().eta());
                    SolverException.requireBounded(
                            "task " + task + ": network of width " + width,
                            t,
                            batchLoss[t],
                            Math.max(1, batchLoss[0]),
                            spec.training().eta());
                }
                progress.step(t + 1, steps + 1);
            }
            return new NetworkRun(width, seed, recorder.observed(), batchLoss, Observed.stack(sharpness, 3));
        }
    }

    /** Full-batch descent at one learning rate; divergence is a result here. */
    EdgeRun atRate(Samples training, double rate, int width, long seed, Progress progress) {
        int steps = spec.edge().steps();
        List<Double> loss = new ArrayList<>();
        List<Integer> times = new ArrayList<>();
        List<double[]> looks = new ArrayList<>();
        boolean diverged = false;
        try (TrainableNetwork network = family.create(width, seed)) {
            for (int t = 0; t <= steps && !diverged; t++) {
                if (t % spec.edge().every() == 0) {
                    looks.add(sharpness(network, training));
                    times.add(t);
                }
                double before = network.descend(training, rate);
                diverged = !(before <= SolverException.DIVERGED * Math.max(1, loss.isEmpty() ? 0 : loss.get(0)));
                if (!diverged) {
                    loss.add(before);
                }
                progress.step(t + 1, steps + 1);
            }
        }
        return new EdgeRun(
                width,
                seed,
                rate,
                loss.stream().mapToDouble(Double::doubleValue).toArray(),
                times.stream().mapToInt(Integer::intValue).toArray(),
                Observed.stack(looks, 3),
                diverged);
    }

    /** Value, residual and products, as in {@link NetworkRun}. */
    private double[] sharpness(TrainableNetwork network, Samples samples) {
        Sharpness found = new Lanczos(spec.measure().tolerance(), spec.measure().products(), 0)
                .largest(v -> network.hessianTimes(samples, v), network.parameterCount());
        return new double[] {found.value(), found.residual(), found.products()};
    }

    /** Takes down what is seen at the recorded times. */
    private static final class Recorder {
        private final TrainableNetwork network;
        private final Samples test;
        private final Samples few;
        private final int[] times;
        private final List<double[]> f = new ArrayList<>();
        private final List<KernelSnapshot> kernels = new ArrayList<>();
        /** At the first and the last time, every layer's. */
        private final List<List<double[]>> quantiles = new ArrayList<>();

        Recorder(TrainableNetwork network, Samples test, Samples few, int[] times) {
            this.network = network;
            this.test = test;
            this.few = few;
            this.times = times;
        }

        void look(int slot) {
            f.add(network.predict(test.inputs()));
            kernels.add(network.kernels(few.inputs()));
            if (slot == 0) {
                quantiles.add(quantiles());
            }
        }

        private List<double[]> quantiles() {
            return network.preactivations(few.inputs()).stream()
                    .map(Observed::quantiles)
                    .toList();
        }

        /** To be called at the last time. */
        Observed observed() {
            quantiles.add(quantiles());
            Tensor ntk = kernels(KernelSnapshot::ntk);
            Tensor finalKernel = network.kernels(test.inputs()).ntk();
            return new Observed(
                    times,
                    Observed.stack(f, test.count()),
                    layers(l -> kernels(snapshot -> snapshot.features().get(l))),
                    layers(l -> kernels(snapshot -> snapshot.gradients().get(l))),
                    ntk,
                    finalKernel,
                    layers(l -> Observed.stack(
                            quantiles.stream().map(layers -> layers.get(l)).toList(), Observed.QUANTILES)));
        }

        private List<Tensor> layers(IntFunction<Tensor> of) {
            return IntStream.range(0, network.depth()).mapToObj(of).toList();
        }

        private Tensor kernels(Function<KernelSnapshot, Tensor> kernel) {
            List<double[]> slabs = kernels.stream()
                    .map(snapshot -> kernel.apply(snapshot).data())
                    .toList();
            return Observed.stack(slabs, few.count(), few.count());
        }
    }
}
