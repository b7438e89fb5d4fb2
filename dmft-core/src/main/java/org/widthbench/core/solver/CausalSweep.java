package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The sweep over time of {@link CausalSolver}: at each time the forward pass runs up the layers, the backward pass down, the
 * read-out closes the step. Fields have rows for the points of one time, backward ones for each point and output ({@code
 * docs/theory.md} 4.5); Q counts the former.
 */
final class CausalSweep implements AutoCloseable {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final Training training;
    private final ImpulseResponse response;
    private final int points;
    private final int outputs;
    private final int depth;
    private final CausalLayer[] layers;
    private final InputWeights inputWeights;
    private final ReadoutWeights readoutWeights;
    /** Between layers l and l+1, at index {@code l-1}. */
    private final Memory[] memories;

    private final Trajectory trajectory;
    private final boolean flow;
    /** FLOW only: {@code K^x}. */
    private final double[] inputKernel;
    /** FLOW only: the predictions that the coming time will have. */
    private double[] flowed;

    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    CausalSweep(Problem problem, CausalSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.training = problem.training();
        this.trajectory = new Trajectory(problem, settings.name(), true);
        this.response = trajectory.response();
        this.points = PointSchedule.of(problem).rows();
        this.outputs = problem.outputs();
        this.depth = problem.network().depth();
        this.flow = training.dynamics() == Training.Dynamics.FLOW;
        this.inputKernel = flow ? problem.inputKernel().data() : new double[0];
        this.flowed = new double[points];
        int samples = settings.samples();
        int pullbackRows = points * outputs;
        CausalSolver.Form form = settings.formFor(problem);
        int pivotLimit = settings.pivotLimit(form != CausalSolver.Form.ACCUMULATOR);
        // A stream has other points at every time.
        StaticKernels initial = settings.exactStart() && !training.online() ? StaticKernels.of(problem) : null;
        this.layers = new CausalLayer[depth];
        for (int l = 1; l <= depth; l++) {
            CausalLayer layer = new CausalLayer(
                    backend,
                    l,
                    settings,
                    pivotLimit,
                    problem.network().activation(),
                    points,
                    history(form, points),
                    history(form, pullbackRows));
            if (problem.network().bias()) {
                layer.addBias(training);
            }
            if (initial != null) {
                layer.startExactly(initial.features()[l], initial.gradients()[l - 1]);
            }
            layers[l - 1] = layer;
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, pullbackRows, samples));
        }
        this.memories = new Memory[depth - 1];
        for (int l = 1; l < depth; l++) {
            memories[l - 1] = memory(form, layers[l - 1], layers[l]);
        }
        this.inputWeights = new InputWeights(backend, problem, samples);
        this.readoutWeights = new ReadoutWeights(backend, training, points, outputs, samples);
    }

    private FieldHistory history(CausalSolver.Form form, int rows) {
        return form == CausalSolver.Form.ACCUMULATOR
                ? new PivotHistory(backend, rows, settings.samples(), training.record())
                : new FullHistory(
                        backend,
                        training.steps(),
                        rows,
                        settings.samples(),
                        training.record(),
                        form == CausalSolver.Form.PIVOT);
    }

    private Memory memory(CausalSolver.Form form, CausalLayer below, CausalLayer above) {
        int rows = training.steps() * points;
        return switch (form) {
            case KERNEL ->
                new KernelMemory(
                        backend, trajectory, (FullHistory) below.features, (FullHistory) above.gradients, rows);
            case ACCUMULATOR -> new AccumulatorMemory(backend, training, below.features, above.gradients);
            case PIVOT, AUTO -> {
                above.uProcess.keepFactors(rows);
                below.rProcess.keepFactors(rows);
                yield new PivotMemory(backend, trajectory, above.uProcess, below.rProcess, points, rows);
            }
        };
    }

    OrderParameters run(Progress progress) {
        int[] recorded = training.record();
        for (int t = 0; t < training.steps(); t++) {
            for (int l = 1; l <= depth; l++) {
                forward(t, l);
            }
            for (int l = depth; l >= 1; l--) {
                backward(t, l);
            }
            readOut(t);
            learn(t);
            for (CausalLayer layer : layers) {
                layer.record(t);
            }
            if (t == recorded[0]) {
                sampleFields(0);
            }
            if (t == recorded[recorded.length - 1]) {
                sampleFields(1);
            }
            PivotReport.requireEnough(settings, pivots(), t);
            progress.step(t + 1, training.steps());
        }
        List<Tensor> featureKernels = new ArrayList<>();
        List<Tensor> gradientKernels = new ArrayList<>();
        for (CausalLayer layer : layers) {
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

    /** How many pivots the processes took, after {@link #run}. */
    PivotReport pivots() {
        return PivotReport.of(layers);
    }

    /** {@code h^l(t) = c(t) [u^l + b^l(0) + A^{l-1} g^l] + memory}, then {@code phi(h^l)}. */
    private void forward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        boolean drawn = true;
        if (l == 1) {
            drawn = inputWeights.draw(t, layer.uProcess, layer.u);
            layer.beginForward(decay, drawn);
            inputWeights.addTo(layer.h);
        } else {
            CausalLayer below = layers[l - 2];
            layer.uProcess.draw(t, below.features, layer.u);
            layer.beginForward(decay, drawn);
            layer.uProcess.appendDual(below.features.at(t));
            try (Matrix a = below.featureResponse(t, decay)) {
                memories[l - 2].addForward(t, a, layer.h);
                below.rProcess.respond(a, layer.h);
            }
        }
        layer.activate(t, decay, drawn || decay != response.decay(t - 1));
    }

    /** {@code z^l(t) = c(t) [r^l + B^{l+1} phi^l] + memory}, then {@code g^l = phi'(h^l) z^l}. */
    private void backward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == depth) {
            readoutWeights.draw(t, layer.rProcess, layer.r);
            backend.add(decay, layer.r, 0, layer.z);
            readoutWeights.addTo(layer.z);
        } else {
            CausalLayer above = layers[l];
            layer.rProcess.draw(t, above.gradients, layer.r);
            backend.add(decay, layer.r, 0, layer.z);
            layer.rProcess.appendDual(above.gradients.at(t));
            try (Matrix b = above.gradientResponse(t, decay)) {
                memories[l - 1].addBackward(t, b, layer.z);
                above.uProcess.respond(b, layer.z);
            }
        }
        layer.pullBack(t);
    }

    private void readOut(int t) {
        if (flow) {
            trajectory.predict(t, flowed);
            flowed = trajectory.flow(t, tangentKernel(t));
            return;
        }
        double[] readout = CausalLayer.readout(layers, t, response.decay(t));
        for (int row = 0; row < readout.length; row++) {
            readout[row] /= training.gamma0();
        }
        trajectory.predict(t, readout);
    }

    /** {@code NTK(t,t)} of a network of one output, (Q,Q). */
    private double[] tangentKernel(int t) {
        double[] ntk = layers[depth - 1].features.equalTime(t);
        double[] below = inputKernel;
        for (CausalLayer layer : layers) {
            double[] g = layer.gradients.equalTime(t);
            for (int i = 0; i < ntk.length; i++) {
                ntk[i] += g[i] * below[i];
            }
            below = layer.features.equalTime(t);
        }
        return ntk;
    }

    /** Takes in the gradient of the step from t to t+1, {@code a b_al(t) Delta_al(t)} at the points. */
    private void learn(int t) {
        double[] drive = Arrays.copyOf(trajectory.drive(t), points * outputs);
        for (int row = 0; row < drive.length; row++) {
            drive[row] *= problem.updateScale();
        }
        inputWeights.learn(t, drive, layers[0].gradients.at(t));
        readoutWeights.learn(t, drive, layers[depth - 1].features.at(t));
        for (CausalLayer layer : layers) {
            layer.learn(t, drive);
        }
        for (Memory memory : memories) {
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
        for (CausalLayer layer : layers) {
            layer.close();
        }
        for (Memory memory : memories) {
            memory.close();
        }
        inputWeights.close();
        readoutWeights.close();
    }
}
