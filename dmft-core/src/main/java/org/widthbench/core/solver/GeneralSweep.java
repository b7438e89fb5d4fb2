package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The sweep over time of {@link CausalSolver} for problems with biases, several outputs or points that change with time
 * ({@code docs/theory.md} 4.5): the same equations and draws as {@link CausalSweep} in accumulator form, with rows for the
 * points of one time only, and backward rows per point and output.
 */
final class GeneralSweep implements AutoCloseable {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final Training training;
    private final PointSchedule schedule;
    private final ImpulseResponse response;
    private final Trajectory trajectory;
    private final InputBasis inputs;
    private final int points;
    private final int outputs;
    private final int depth;
    private final GeneralLayer[] layers;
    /** Between layers l and l+1, at index {@code l-1}. */
    private final AccumulatorMemory[] memories;

    private final LearnedRows firstWeights;
    private final LearnedRows readout;

    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    GeneralSweep(Problem problem, CausalSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.training = problem.training();
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT,
                "training.dynamics",
                "flow",
                "descent with biases or several outputs");
        this.trajectory = new Trajectory(problem, "causal", Network.Architecture.MLP, true);
        this.schedule = PointSchedule.of(problem);
        this.response = trajectory.response();
        this.inputs = InputBasis.of(problem);
        this.points = schedule.rows();
        this.outputs = problem.outputs();
        this.depth = problem.network().depth();
        int samples = settings.samples();
        this.layers = new GeneralLayer[depth];
        // A stream has other points at every time.
        StaticKernels initial = settings.exactStart() && !training.online() ? StaticKernels.of(problem) : null;
        for (int l = 1; l <= depth; l++) {
            layers[l - 1] = new GeneralLayer(backend, l, settings, problem);
            if (initial != null) {
                layers[l - 1].startExactly(initial.features()[l], initial.gradients()[l - 1]);
            }
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points * outputs, samples));
        }
        this.memories = new AccumulatorMemory[depth - 1];
        for (int l = 1; l < depth; l++) {
            memories[l - 1] = new AccumulatorMemory(
                    backend, training, layers[l - 1].features, layers[l].gradients, points, outputs, samples);
        }
        this.firstWeights = new LearnedRows(backend, training, inputs.columns(), samples);
        this.readout = new LearnedRows(backend, training, outputs, samples);
    }

    OrderParameters run(Progress progress) {
        int[] recorded = training.record();
        for (int t = 0; t < training.steps(); t++) {
            double[] present = presentInputs(t);
            double decay = response.decay(t);
            for (int l = 1; l <= depth; l++) {
                forward(t, l, present, decay);
            }
            for (int l = depth; l >= 1; l--) {
                backward(t, l, decay);
            }
            readOut(t, decay);
            learn(t, present);
            for (GeneralLayer layer : layers) {
                layer.record(t);
            }
            int slot = Arrays.binarySearch(recorded, t);
            if (slot == 0) {
                sampleFields(0);
            }
            if (slot == recorded.length - 1) {
                sampleFields(1);
            }
            PivotReport.requireEnough(settings, pivots(), t);
            progress.step(t + 1, training.steps());
        }
        return result();
    }

    /** How many pivots the processes took. */
    PivotReport pivots() {
        return PivotReport.of(
                Arrays.stream(layers).map(layer -> layer.uProcess).toArray(SampledProcess[]::new),
                Arrays.stream(layers).map(layer -> layer.rProcess).toArray(SampledProcess[]::new));
    }

    private OrderParameters result() {
        int[] recorded = training.record();
        List<Tensor> featureKernels = new ArrayList<>();
        List<Tensor> gradientKernels = new ArrayList<>();
        for (GeneralLayer layer : layers) {
            featureKernels.add(layer.features.kernel());
            gradientKernels.add(layer.gradients.kernel());
        }
        return new OrderParameters(
                recorded,
                trajectory.loss(),
                trajectory.delta(),
                trajectory.f(),
                featureKernels,
                gradientKernels,
                OrderParameters.neuralTangentKernel(problem, featureKernels, gradientKernels),
                preactivations,
                pullbacks);
    }

    /** Rows of the input basis that belong to the points of this time, {@code (Q, k)}. */
    private double[] presentInputs(int t) {
        int rank = inputs.columns();
        int[] present = schedule.points(t);
        double[] rows = new double[points * rank];
        for (int row = 0; row < points; row++) {
            System.arraycopy(inputs.rows(), present[row] * rank, rows, row * rank, rank);
        }
        return rows;
    }

    private void forward(int t, int l, double[] present, double decay) {
        GeneralLayer layer = layers[l - 1];
        if (l == 1) {
            layer.drawInputs(t, present, inputs.columns());
            layer.startForward(decay);
            firstWeights.addTo(present, layer.h);
        } else {
            GeneralLayer below = layers[l - 2];
            layer.uProcess.draw(t, below.features, layer.u);
            layer.startForward(decay);
            layer.uProcess.appendDual(below.features.at(t));
            below.respondForward(t, decay, layer.h);
            memories[l - 2].addForward(t, layer.h);
        }
        layer.activate(t, decay);
    }

    private void backward(int t, int l, double decay) {
        GeneralLayer layer = layers[l - 1];
        if (l == depth) {
            layer.drawReadout(t);
            backend.add(decay, layer.r, 0, layer.z);
            readout.addTo(layer.readoutBasis(), layer.z);
        } else {
            GeneralLayer above = layers[l];
            layer.rProcess.draw(t, above.gradients, layer.r);
            backend.add(decay, layer.r, 0, layer.z);
            layer.rProcess.appendDual(above.gradients.at(t));
            above.respondBackward(t, decay, layer.z);
            memories[l - 1].addBackward(t, layer.z);
        }
        layer.pullBack(t);
    }

    private void readOut(int t, double decay) {
        double[] f = layers[depth - 1].readout(t, decay);
        for (int row = 0; row < f.length; row++) {
            f[row] /= training.gamma0();
        }
        trajectory.predict(t, f);
    }

    private void learn(int t, double[] present) {
        double[] drive = Arrays.copyOf(trajectory.drive(t), points * outputs);
        for (int row = 0; row < drive.length; row++) {
            drive[row] *= problem.updateScale();
        }
        int rank = inputs.columns();
        double[] first = new double[rank * drive.length];
        double[] last = new double[outputs * points];
        for (int row = 0; row < drive.length; row++) {
            int mu = row / outputs;
            for (int k = 0; k < rank; k++) {
                first[k * drive.length + row] = present[mu * rank + k] * drive[row];
            }
            last[row % outputs * points + mu] = drive[row];
        }
        firstWeights.learn(t, first, layers[0].gradients.at(t));
        readout.learn(t, last, layers[depth - 1].features.at(t));
        for (GeneralLayer layer : layers) {
            layer.learnBias(t, drive);
        }
        for (AccumulatorMemory memory : memories) {
            memory.learn(t, drive);
        }
    }

    private void sampleFields(int slot) {
        for (int l = 0; l < depth; l++) {
            sample(layers[l].h, preactivations.get(l), slot);
            sample(layers[l].z, pullbacks.get(l), slot);
        }
    }

    private void sample(Matrix field, Tensor samples, int slot) {
        double[] values = new double[field.rows() * field.columns()];
        backend.download(field, values);
        System.arraycopy(values, 0, samples.data(), slot * values.length, values.length);
    }

    @Override
    public void close() {
        for (GeneralLayer layer : layers) {
            layer.close();
        }
        for (AccumulatorMemory memory : memories) {
            memory.close();
        }
        firstWeights.close();
        readout.close();
    }
}
