package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.List;
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
final class NetworkMeasurement {
    private final NetworkFamily family;
    private final ConsistencySpec spec;

    NetworkMeasurement(NetworkFamily family, ConsistencySpec spec) {
        this.family = family;
        this.spec = spec;
    }

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
            Tensor sharpness = Tensor.zeros(times.length, 3);
            int slot = 0;
            for (int t = 0; t <= steps; t++) {
                if (slot < times.length && times[slot] == t) {
                    recorder.look(slot);
                    put(sharpness, slot++, sharpness(network, bent));
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
            return new NetworkRun(width, seed, recorder.observed(), batchLoss, sharpness);
        }
    }

    /** Full-batch descent at one learning rate; divergence is a result here. */
    EdgeRun atRate(Samples training, double rate, int width, long seed, Progress progress) {
        int steps = spec.edge().steps();
        List<Double> loss = new ArrayList<>();
        List<Integer> times = new ArrayList<>();
        List<Sharpness> looks = new ArrayList<>();
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
        Tensor sharpness = Tensor.zeros(looks.size(), 3);
        for (int i = 0; i < looks.size(); i++) {
            put(sharpness, i, looks.get(i));
        }
        return new EdgeRun(
                width,
                seed,
                rate,
                loss.stream().mapToDouble(Double::doubleValue).toArray(),
                times.stream().mapToInt(Integer::intValue).toArray(),
                sharpness,
                diverged);
    }

    private Sharpness sharpness(TrainableNetwork network, Samples samples) {
        return new Lanczos(spec.measure().tolerance(), spec.measure().products(), 0)
                .largest(v -> network.hessianTimes(samples, v), network.parameterCount());
    }

    private static void put(Tensor sharpness, int slot, Sharpness found) {
        sharpness.set(found.value(), slot, 0);
        sharpness.set(found.residual(), slot, 1);
        sharpness.set(found.products(), slot, 2);
    }

    /** Takes down what is seen at the recorded times. */
    private static final class Recorder {
        private final TrainableNetwork network;
        private final Samples test;
        private final Samples few;
        private final int[] times;
        private final Tensor f;
        private final List<Tensor> features = new ArrayList<>();
        private final List<Tensor> gradients = new ArrayList<>();
        private final Tensor ntk;
        private final List<Tensor> quantiles = new ArrayList<>();

        Recorder(TrainableNetwork network, Samples test, Samples few, int[] times) {
            this.network = network;
            this.test = test;
            this.few = few;
            this.times = times;
            int r = times.length;
            int j = few.count();
            f = Tensor.zeros(r, test.count());
            ntk = Tensor.zeros(r, j, j);
            for (int l = 0; l < network.depth(); l++) {
                features.add(Tensor.zeros(r, j, j));
                gradients.add(Tensor.zeros(r, j, j));
                quantiles.add(Tensor.zeros(2, Observed.QUANTILES));
            }
        }

        void look(int slot) {
            put(network.predict(test.inputs()), f, slot);
            KernelSnapshot kernels = network.kernels(few.inputs());
            put(kernels.ntk().data(), ntk, slot);
            for (int l = 0; l < network.depth(); l++) {
                put(kernels.features().get(l).data(), features.get(l), slot);
                put(kernels.gradients().get(l).data(), gradients.get(l), slot);
            }
            if (slot == 0 || slot == times.length - 1) {
                List<double[]> h = network.preactivations(few.inputs());
                for (int l = 0; l < network.depth(); l++) {
                    put(Observed.quantiles(h.get(l)), quantiles.get(l), slot == 0 ? 0 : 1);
                }
            }
        }

        private static void put(double[] values, Tensor to, int slot) {
            System.arraycopy(values, 0, to.data(), slot * values.length, values.length);
        }

        /** To be called at the last time. */
        Observed observed() {
            Tensor finalKernel = network.kernels(test.inputs()).ntk();
            return new Observed(times, f, features, gradients, ntk, finalKernel, quantiles);
        }
    }
}
