package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The sweep over time of {@link CausalSolver} in kernel form: at each time the forward pass runs up the layers, the
 * backward pass down, the read-out closes the step. Memory sums are products of a kernel row with the field history.
 */
final class CausalSweep implements AutoCloseable {
    /** A loss beyond this multiple of its start is on its way to overflow. */
    private static final double DIVERGED = 1e8;

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
    private final Matrix weights;

    /** {@code a b_al(s) Delta_al(s)} at {@code [s][al]}, zero for test points. */
    private final double[][] drive;

    private final double[] loss;
    private final Tensor delta;
    private final Tensor f;
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    CausalSweep(Problem problem, CausalSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.training = problem.training();
        this.response = ImpulseResponse.of(training);
        this.points = problem.points();
        this.trained = problem.trainingPoints();
        this.depth = problem.network().depth();
        this.inputKernel = problem.inputKernel().data();
        int steps = training.steps();
        int samples = settings.samples();
        int[] recorded = training.record();
        this.layers = new CausalLayer[depth];
        for (int l = 1; l <= depth; l++) {
            layers[l - 1] =
                    new CausalLayer(backend, l, settings, problem.network().activation(), steps, points, recorded);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
        }
        this.firstMemory = new StaticMemory(backend, inputKernel, training, points, samples);
        this.lastMemory = new StaticMemory(backend, ones(), training, points, samples);
        this.weights = backend.allocate(1, points, steps * points);
        this.drive = new double[steps][points];
        this.loss = new double[steps];
        this.delta = Tensor.zeros(steps, trained);
        this.f = Tensor.zeros(steps, points);
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
            firstMemory.update(layers[0].gradients.at(t), drive[t]);
            lastMemory.update(layers[depth - 1].features.at(t), drive[t]);
            if (t == recorded[0]) {
                sampleFields(0);
            }
            if (t == recorded[recorded.length - 1]) {
                sampleFields(1);
            }
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
                recorded, loss, delta, f, featureKernels, gradientKernels, ntk, preactivations, pullbacks);
    }

    /** {@code h^l(t) = c(t) [u^l + A^{l-1} g^l] + memory}, then {@code phi(h^l)}. */
    private void forward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == 1) {
            if (t == 0) {
                layer.uProcess.draw(0, inputKernel.clone(), layer.u);
            }
            backend.add(decay, layer.u, 0, layer.h);
            backend.add(1, firstMemory.sum(), 1, layer.h);
        } else {
            CausalLayer below = layers[l - 2];
            double[] kernelRow = below.features.kernelRow(t);
            layer.uProcess.draw(t, kernelRow, layer.u);
            backend.add(decay, layer.u, 0, layer.h);
            if (settings.responses()) {
                layer.uProcess.appendDual(below.features.at(t));
                try (Matrix a = below.featureResponse(t)) {
                    below.rProcess.respond(decay, a, layer.h);
                }
            }
            addMemory(t, kernelRow, layer.gradients, layer.h);
        }
        layer.activate(t, decay);
    }

    /** {@code z^l(t) = c(t) [r^l + B^{l+1} phi^l] + memory}, then {@code g^l = phi'(h^l) z^l}. */
    private void backward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == depth) {
            if (t == 0) {
                layer.rProcess.draw(0, ones(), layer.r);
            }
            backend.add(decay, layer.r, 0, layer.z);
            backend.add(1, lastMemory.sum(), 1, layer.z);
        } else {
            CausalLayer above = layers[l];
            double[] kernelRow = above.gradients.kernelRow(t);
            layer.rProcess.draw(t, kernelRow, layer.r);
            backend.add(decay, layer.r, 0, layer.z);
            if (settings.responses()) {
                layer.rProcess.appendDual(above.gradients.at(t));
                try (Matrix b = above.gradientResponse(t, decay)) {
                    above.uProcess.respond(decay, b, layer.z);
                }
            }
            addMemory(t, kernelRow, layer.features, layer.z);
        }
        layer.pullBack(t);
    }

    /** {@code target += sum_{s<t,al} kappa(t,s) drive_al(s) K_{mu al}(t,s) v_al(s)}. */
    private void addMemory(int t, double[] kernelRow, FieldHistory history, Matrix target) {
        if (t == 0) {
            return;
        }
        int width = t * points;
        double[] weighted = new double[points * width];
        for (int s = 0; s < t; s++) {
            double kappa = response.kappa(t, s);
            for (int mu = 0; mu < points; mu++) {
                int from = mu * (width + points) + s * points;
                int to = mu * width + s * points;
                for (int al = 0; al < trained; al++) {
                    weighted[to + al] = kappa * drive[s][al] * kernelRow[from + al];
                }
            }
        }
        Matrix row = weights.block(0, points, 0, width);
        backend.upload(weighted, row);
        backend.gemm(1, row, false, history.before(t), false, 1, target);
    }

    private void readOut(int t) {
        double gamma0 = training.gamma0();
        if (training.dynamics() == Training.Dynamics.FLOW) {
            if (t > 0) {
                flowPrediction(t);
            }
        } else {
            double[] readout = layers[depth - 1].readout(t, response.decay(t));
            for (int mu = 0; mu < points; mu++) {
                f.set(readout[mu] / gamma0, t, mu);
            }
        }
        double[] targets = problem.dataset().targets();
        double sum = 0;
        for (int al = 0; al < trained; al++) {
            double residual = targets[al] - f.get(t, al);
            delta.set(residual, t, al);
            drive[t][al] = problem.updateScale() * residual;
            sum += residual * residual / trained;
        }
        loss[t] = sum;
        if (!(sum <= DIVERGED * Math.max(1, loss[0]))) {
            throw SolverException.diverged("theory", t, training.eta());
        }
    }

    /** {@code f(t) = f(t-1) + (eta/P) NTK(t-1,t-1) Delta(t-1)}. */
    private void flowPrediction(int t) {
        double[][] phi = new double[depth + 1][];
        double[][] g = new double[depth + 2][];
        phi[0] = inputKernel;
        g[depth + 1] = ones();
        for (int l = 1; l <= depth; l++) {
            phi[l] = layers[l - 1].features.equalTime(t - 1);
            g[l] = layers[l - 1].gradients.equalTime(t - 1);
        }
        double rate = training.eta() / trained;
        for (int mu = 0; mu < points; mu++) {
            double sum = f.get(t - 1, mu);
            for (int al = 0; al < trained; al++) {
                double ntk = 0;
                for (int l = 0; l <= depth; l++) {
                    ntk += g[l + 1][mu * points + al] * phi[l][mu * points + al];
                }
                sum += rate * ntk * delta.get(t - 1, al);
            }
            f.set(sum, t, mu);
        }
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
        weights.close();
    }
}
