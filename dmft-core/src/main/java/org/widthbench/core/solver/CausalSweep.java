package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The sweep over time of {@link CausalSolver}: at each time the forward pass runs up the layers, the
 * backward pass down, the read-out closes the step.
 */
final class CausalSweep implements AutoCloseable {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final Training training;
    private final ImpulseResponse response;
    private final int points;
    private final int trained;
    private final int depth;
    private final double[] inputKernel;
    private final CausalLayer[] layers;
    private final StaticMemory firstMemory;
    private final StaticMemory lastMemory;
    /** Between layers l and l+1, at index {@code l-1}. */
    private final Memory[] memories;

    private final boolean flow;
    private final Trajectory trajectory;
    /** FLOW only: the predictions that the coming time will have. */
    private double[] flowed;

    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    CausalSweep(Problem problem, CausalSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.training = problem.training();
        this.trajectory = new Trajectory(problem, "causal");
        this.flow = training.dynamics() == Training.Dynamics.FLOW;
        this.response = trajectory.response();
        this.flowed = new double[problem.points()];
        this.points = problem.points();
        this.trained = problem.trainingPoints();
        this.depth = problem.network().depth();
        this.inputKernel = problem.inputKernel().data();
        int steps = training.steps();
        int samples = settings.samples();
        int[] recorded = training.record();
        this.layers = new CausalLayer[depth];
        CausalSolver.Form form = settings.formFor(steps * points);
        int pivotLimit = settings.pivotLimit(form != CausalSolver.Form.ACCUMULATOR);
        StaticKernels initial = settings.exactStart() ? StaticKernels.of(problem) : null;
        for (int l = 1; l <= depth; l++) {
            layers[l - 1] = new CausalLayer(
                    backend,
                    l,
                    settings,
                    pivotLimit,
                    problem.network().activation(),
                    points,
                    history(form, recorded),
                    history(form, recorded));
            if (initial != null) {
                layers[l - 1].startExactly(initial.features()[l], initial.gradients()[l - 1]);
            }
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
        }
        this.memories = new Memory[depth - 1];
        for (int l = 1; l < depth; l++) {
            memories[l - 1] = memory(form, layers[l - 1], layers[l]);
        }
        this.firstMemory = new StaticMemory(backend, inputKernel, training, points, samples);
        this.lastMemory = new StaticMemory(backend, ones(), training, points, samples);
    }

    private FieldHistory history(CausalSolver.Form form, int[] recorded) {
        return form == CausalSolver.Form.ACCUMULATOR
                ? new PivotHistory(backend, points, settings.samples(), recorded)
                : new FullHistory(
                        backend,
                        training.steps(),
                        points,
                        settings.samples(),
                        recorded,
                        form == CausalSolver.Form.PIVOT);
    }

    private Memory memory(CausalSolver.Form form, CausalLayer below, CausalLayer above) {
        int rows = training.steps() * points;
        return switch (form) {
            case KERNEL ->
                new KernelMemory(
                        backend, trajectory, (FullHistory) below.features, (FullHistory) above.gradients, rows);
            case ACCUMULATOR ->
                new AccumulatorMemory(
                        backend, training, below.features, above.gradients, points, 1, settings.samples());
            case PIVOT, AUTO -> {
                above.uProcess.keepFactors(rows);
                below.rProcess.keepFactors(rows);
                yield new PivotMemory(backend, trajectory, above.uProcess, below.rProcess, points, rows);
            }
        };
    }

    private double[] ones() {
        double[] ones = new double[points * points];
        Arrays.fill(ones, 1);
        return ones;
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
            double[] drive = drive(t);
            firstMemory.update(layers[0].gradients.at(t), drive, training.rateFactor(t));
            lastMemory.update(layers[depth - 1].features.at(t), drive, training.rateFactor(t));
            for (Memory memory : memories) {
                memory.learn(t, drive);
            }
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
        Tensor ntk = OrderParameters.neuralTangentKernel(problem.inputKernel(), featureKernels, gradientKernels);
        return new OrderParameters(
                recorded,
                trajectory.loss(),
                trajectory.delta(),
                trajectory.f(),
                featureKernels,
                gradientKernels,
                ntk,
                preactivations,
                pullbacks);
    }

    /** How many pivots the processes took, after {@link #run}. */
    PivotReport pivots() {
        return PivotReport.of(layers);
    }

    /** {@code h^l(t) = c(t) [u^l + A^{l-1} g^l] + memory}, then {@code phi(h^l)}. */
    private void forward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == 1) {
            if (t == 0) {
                layer.uProcess.drawStatic(inputKernel, layer.u);
            }
            backend.add(decay, layer.u, 0, layer.h);
            backend.add(1, firstMemory.sum(), 1, layer.h);
        } else {
            CausalLayer below = layers[l - 2];
            layer.uProcess.draw(t, below.features, layer.u);
            backend.add(decay, layer.u, 0, layer.h);
            layer.uProcess.appendDual(below.features.at(t));
            try (Matrix a = below.featureResponse(t, decay)) {
                memories[l - 2].addForward(t, a, layer.h);
                below.rProcess.respond(a, layer.h);
            }
        }
        // The first layer's u is the same at all times.
        layer.activate(t, decay, l > 1 || t == 0 || decay != response.decay(t - 1));
    }

    /** {@code z^l(t) = c(t) [r^l + B^{l+1} phi^l] + memory}, then {@code g^l = phi'(h^l) z^l}. */
    private void backward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == depth) {
            if (t == 0) {
                layer.rProcess.drawStatic(ones(), layer.r);
            }
            backend.add(decay, layer.r, 0, layer.z);
            backend.add(1, lastMemory.sum(), 1, layer.z);
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

    /** {@code a b_al(t) Delta_al(t)}, zero for test points, length Q. */
    private double[] drive(int t) {
        double[] drive = Arrays.copyOf(trajectory.drive(t), points);
        for (int al = 0; al < trained; al++) {
            drive[al] *= problem.updateScale();
        }
        return drive;
    }

    private void readOut(int t) {
        if (flow) {
            trajectory.predict(t, flowed);
            flowed = trajectory.flow(t, tangentKernel(t));
            return;
        }
        double[] readout = layers[depth - 1].readout(t, response.decay(t));
        for (int mu = 0; mu < points; mu++) {
            readout[mu] /= training.gamma0();
        }
        trajectory.predict(t, readout);
    }

    /** {@code NTK(t,t)}, (Q,Q). */
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

    private void sampleFields(int slot) {
        double[] values = new double[points * settings.samples()];
        for (int l = 0; l < depth; l++) {
            backend.download(layers[l].h, values);
            System.arraycopy(values, 0, preactivations.get(l).data(), slot * values.length, values.length);
            backend.download(layers[l].z, values);
            System.arraycopy(values, 0, pullbacks.get(l).data(), slot * values.length, values.length);
        }
    }

    @Override
    public void close() {
        for (CausalLayer layer : layers) {
            layer.close();
        }
        firstMemory.close();
        lastMemory.close();
        for (Memory memory : memories) {
            memory.close();
        }
    }
}
