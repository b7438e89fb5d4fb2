package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/** The infinite-width side, where a solver can express the problem. */
record TheoryLine(ConsistencySpec spec, Backend backend) {
    /** A start alone is no line. */
    private static final int FEWEST_TIMES = 2;

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

    /** Training on one set again and again; the last of the ascending recorded times ends it. */
    Observed repeated(Samples training, Samples test, int[] recorded, Progress progress) {
        int batch = spec.training().batch() == training.count()
                ? 0
                : spec.training().batch();
        return solve(training, test, schedule(batch, recorded), training.count(), progress);
    }

    /**
     * One pass over ever new samples, {@code docs/theory.md} 4.5. The solver takes its batches from a set of as many points; they
     * are laid out there so that its batches are the stream's.
     *
     * @param recorded ascending; the last ends the training
     * @throws org.widthbench.core.WidthbenchException if the solver cannot
     */
    Observed online(SampleStream stream, int[] recorded, Progress progress) {
        int batch = stream.batchSize();
        int times = recorded[recorded.length - 1] + 1;
        int[] places = PointSchedule.streamOrder(times, batch);
        int entries = stream.test().entries();
        int[] shape = stream.test().inputs().shape().clone();
        shape[0] = places.length;
        Tensor inputs = Tensor.zeros(shape);
        double[] targets = new double[places.length];
        for (int t = 0; t < times; t++) {
            Samples samples = stream.batch(t);
            for (int b = 0; b < batch; b++) {
                int place = places[t * batch + b];
                System.arraycopy(samples.inputs().data(), b * entries, inputs.data(), place * entries, entries);
                targets[place] = samples.targets()[b];
            }
        }
        Training schedule = schedule(batch, recorded).withOnlineBatch(batch);
        return solve(new Samples(inputs, targets), stream.test(), schedule, batch, progress);
    }

    private Training schedule(int batch, int[] recorded) {
        return new Training(
                spec.training().gamma0(),
                spec.training().eta(),
                recorded[recorded.length - 1] + 1,
                0,
                0,
                batch,
                Training.Dynamics.DESCENT,
                recorded);
    }

    /** @param first index of the first test point in what the solver returns */
    private Observed solve(Samples training, Samples test, Training schedule, int first, Progress progress) {
        Problem problem = new Problem(Samples.dataset(training, test), spec.network(), schedule);
        OrderParameters solved =
                spec.theory().solver().solve(problem, backend, progress).results();
        return observed(solved, first, test.count(), spec.measure().kernelPoints());
    }

    /** Loss under full-batch descent at one learning rate, times 0 .. steps. */
    double[] edge(Samples training, double rate, Progress progress) {
        int steps = spec.edge().steps();
        Training schedule =
                Training.descent(spec.training().gamma0(), rate, steps + 1).withRecord(0, steps);
        Problem problem = new Problem(Samples.dataset(training, training.slice(0, 0)), spec.network(), schedule);
        return spec.theory()
                .solver()
                .solve(problem, backend, progress)
                .results()
                .loss();
    }

    /** An entry of a kernel between points i and j at a recorded time. */
    private interface Entry {
        double at(int slot, int i, int j);
    }

    /** {@code (R,count,count)} */
    private static Tensor kernels(int times, int count, Entry entry) {
        Tensor kernels = Tensor.zeros(times, count, count);
        for (int slot = 0; slot < times; slot++) {
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    kernels.set(entry.at(slot, i, j), slot, i, j);
                }
            }
        }
        return kernels;
    }

    /** @param first index of the first test point */
    static Observed observed(OrderParameters solved, int first, int test, int few) {
        int r = solved.times().length;
        int q = solved.f().size(1);
        List<double[]> f = Arrays.stream(solved.times())
                .mapToObj(t -> Arrays.copyOfRange(solved.f().data(), t * q + first, t * q + first + test))
                .toList();
        Tensor ntk = solved.ntk();
        return new Observed(
                solved.times(),
                Observed.stack(f, test),
                equalTimes(solved.featureKernels(), first, few),
                equalTimes(solved.gradientKernels(), first, few),
                kernels(r, few, (slot, i, j) -> ntk.get(slot, first + i, first + j)),
                Observed.at(kernels(1, test, (slot, i, j) -> ntk.get(r - 1, first + i, first + j)), 0),
                solved.preactivations().stream()
                        .map(h -> Observed.stack(
                                List.of(quantiles(h, 0, first, few), quantiles(h, 1, first, few)), Observed.QUANTILES))
                        .toList());
    }

    private static List<Tensor> equalTimes(List<Tensor> kernels, int first, int few) {
        return kernels.stream()
                .map(kernel ->
                        kernels(kernel.size(0), few, (slot, i, j) -> kernel.get(slot, first + i, slot, first + j)))
                .toList();
    }

    /** @param h samples, {@code (2,Q,S')}, of which the first (0) or last (1) time counts */
    private static double[] quantiles(Tensor h, int time, int first, int few) {
        int samples = h.size(2);
        int from = (time * h.size(1) + first) * samples;
        return Observed.quantiles(Arrays.copyOfRange(h.data(), from, from + few * samples));
    }
}
