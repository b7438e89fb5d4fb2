package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.widthbench.core.BatchSchedule;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/** The infinite-width side, where a solver can express the problem. */
final class TheoryLine {
    /** A start alone is no line. */
    private static final int FEWEST_TIMES = 2;

    private final ConsistencySpec spec;
    private final Backend backend;

    TheoryLine(ConsistencySpec spec, Backend backend) {
        this.spec = spec;
        this.backend = backend;
    }

    /**
     * One task at the recorded times, or at those before the step at which the solver must stop.
     *
     * @param stopped told why, if it must
     * @throws org.widthbench.core.WidthbenchException if the solver cannot at all
     */
    Observed task(SampleStream stream, Progress progress, Consumer<SolverException> stopped) {
        int[] times = spec.times();
        AtomicInteger reached = new AtomicInteger();
        try {
            return solve(stream, times, (completed, all) -> {
                reached.set(completed);
                progress.step(completed, all);
            });
        } catch (SolverException e) {
            int[] before = Arrays.stream(times).filter(t -> t < reached.get()).toArray();
            if (before.length < FEWEST_TIMES) {
                throw e;
            }
            stopped.accept(e);
            return solve(stream, before, progress);
        }
    }

    private Observed solve(SampleStream stream, int[] times, Progress progress) {
        return stream.repeated().isPresent()
                ? repeated(stream.repeated().get(), stream.test(), times, progress)
                : online(stream, times, progress);
    }

    /**
     * Training on one set again and again.
     *
     * @param recorded ascending; the last ends the training
     * @throws org.widthbench.core.WidthbenchException if the solver cannot
     */
    Observed repeated(Samples training, Samples test, int[] recorded, Progress progress) {
        int batch = spec.training().batch() == training.count()
                ? 0
                : spec.training().batch();
        Training schedule = new Training(
                spec.training().gamma0(),
                spec.training().eta(),
                recorded[recorded.length - 1] + 1,
                0,
                0,
                batch,
                Training.Dynamics.DESCENT,
                recorded);
        Problem problem = new Problem(Samples.dataset(training, test), spec.network(), schedule);
        OrderParameters solved = spec.theory().solver().solve(problem, backend, progress);
        return observed(solved, training.count(), test.count(), spec.measure().kernelPoints());
    }

    /**
     * One pass over ever new samples, {@code docs/theory.md} 4.5. The solver takes its batches from the first epoch of
     * {@link BatchSchedule} over a set of as many points; they are laid out there so that its batches are the stream's.
     *
     * @param recorded ascending; the last ends the training
     * @throws org.widthbench.core.WidthbenchException if the solver cannot
     */
    Observed online(SampleStream stream, int[] recorded, Progress progress) {
        int batch = stream.batchSize();
        int times = recorded[recorded.length - 1] + 1;
        Samples test = stream.test();
        int points = Math.multiplyExact(times, batch);
        int entries = test.entries();
        int[] shape = test.inputs().shape().clone();
        shape[0] = points;
        Tensor inputs = Tensor.zeros(shape);
        double[] targets = new double[points];
        BatchSchedule order = new BatchSchedule(points, batch, 0);
        for (int t = 0; t < times; t++) {
            Samples samples = stream.batch(t);
            int[] places = order.batch(t);
            for (int b = 0; b < batch; b++) {
                System.arraycopy(samples.inputs().data(), b * entries, inputs.data(), places[b] * entries, entries);
                targets[places[b]] = samples.targets()[b];
            }
        }
        Training schedule = new Training(
                        spec.training().gamma0(),
                        spec.training().eta(),
                        times,
                        0,
                        0,
                        batch,
                        Training.Dynamics.DESCENT,
                        recorded)
                .withOnlineBatch(batch);
        Problem problem = new Problem(Samples.dataset(new Samples(inputs, targets), test), spec.network(), schedule);
        OrderParameters solved = spec.theory().solver().solve(problem, backend, progress);
        return observed(solved, batch, test.count(), spec.measure().kernelPoints());
    }

    /** Loss under full-batch descent at one learning rate, times 0 .. steps. */
    double[] edge(Samples training, double rate, Progress progress) {
        int steps = spec.edge().steps();
        Training schedule =
                Training.descent(spec.training().gamma0(), rate, steps + 1).withRecord(0, steps);
        Problem problem = new Problem(Samples.dataset(training, training.slice(0, 0)), spec.network(), schedule);
        return spec.theory().solver().solve(problem, backend, progress).loss();
    }

    /** @param first index of the first test point */
    static Observed observed(OrderParameters solved, int first, int test, int few) {
        int r = solved.times().length;
        Tensor f = Tensor.zeros(r, test);
        Tensor ntk = Tensor.zeros(r, few, few);
        for (int slot = 0; slot < r; slot++) {
            for (int k = 0; k < test; k++) {
                f.set(solved.f().get(solved.times()[slot], first + k), slot, k);
            }
            for (int i = 0; i < few; i++) {
                for (int j = 0; j < few; j++) {
                    ntk.set(solved.ntk().get(slot, first + i, first + j), slot, i, j);
                }
            }
        }
        Tensor finalKernel = Tensor.zeros(test, test);
        for (int i = 0; i < test; i++) {
            for (int j = 0; j < test; j++) {
                finalKernel.set(solved.ntk().get(r - 1, first + i, first + j), i, j);
            }
        }
        List<Tensor> quantiles = new ArrayList<>();
        for (Tensor h : solved.preactivations()) {
            quantiles.add(quantiles(h, first, few));
        }
        return new Observed(
                solved.times(),
                f,
                equalTimes(solved.featureKernels(), first, few),
                equalTimes(solved.gradientKernels(), first, few),
                ntk,
                finalKernel,
                quantiles);
    }

    private static List<Tensor> equalTimes(List<Tensor> kernels, int first, int few) {
        List<Tensor> equal = new ArrayList<>();
        for (Tensor kernel : kernels) {
            Tensor chosen = Tensor.zeros(kernel.size(0), few, few);
            for (int slot = 0; slot < kernel.size(0); slot++) {
                for (int i = 0; i < few; i++) {
                    for (int j = 0; j < few; j++) {
                        chosen.set(kernel.get(slot, first + i, slot, first + j), slot, i, j);
                    }
                }
            }
            equal.add(chosen);
        }
        return equal;
    }

    /** @param h samples, {@code (2,Q,S')} */
    private static Tensor quantiles(Tensor h, int first, int few) {
        int q = h.size(1);
        int samples = h.size(2);
        Tensor quantiles = Tensor.zeros(2, Observed.QUANTILES);
        for (int time = 0; time < 2; time++) {
            int from = (time * q + first) * samples;
            double[] part = Observed.quantiles(Arrays.copyOfRange(h.data(), from, from + few * samples));
            System.arraycopy(part, 0, quantiles.data(), time * part.length, part.length);
        }
        return quantiles;
    }
}
