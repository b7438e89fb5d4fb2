package org.widthbench.core.solver;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The single-site process of one hidden layer: its noise, its fields at the current time, and their history
 * ({@code docs/theory.md} section 3 for the equations, 4.1 for how they are sampled). Field matrices are {@code (Q, S)}.
 */
final class CausalLayer implements AutoCloseable {
    private final Backend backend;
    private final Activation activation;
    private final NoiseBasis basis;
    private final boolean responding;

    /** {@code u^l ~ GP(0, Phi^{l-1})}, partner field {@code phi^{l-1}}. */
    final SampledProcess uProcess;
    /** {@code r^l ~ GP(0, G^{l+1})}, partner field {@code g^{l+1}}. */
    final SampledProcess rProcess;
    /** {@code phi(h^l)} over time. */
    final FieldHistory features;
    /** {@code g^l} over time. */
    final FieldHistory gradients;

    final Matrix u;
    final Matrix r;
    final Matrix h;
    final Matrix z;
    private final Matrix slope;
    private final Matrix freeFeatures;
    private final Matrix freeSlope;
    private final Matrix scratch;
    /** Null where the kernels at t = 0 are left as they were sampled. */
    private ExactStart featureStart;

    private ExactStart gradientStart;

    CausalLayer(
            Backend backend,
            int layer,
            CausalSolver settings,
            int pivotLimit,
            Activation activation,
            int points,
            FieldHistory features,
            FieldHistory gradients) {
        int samples = settings.samples();
        this.backend = backend;
        this.activation = activation;
        this.responding = settings.responses();
        this.basis = new NoiseBasis(backend, layer, settings);
        this.uProcess = new SampledProcess(
                backend, basis.u(), settings, settings.toleranceU(), pivotLimit, Streams.residualU(layer));
        this.rProcess = new SampledProcess(
                backend, basis.r(), settings, settings.toleranceR(), pivotLimit, Streams.residualR(layer));
        this.features = features;
        this.gradients = gradients;
        this.u = backend.allocate(1, points, samples);
        this.r = backend.allocate(1, points, samples);
        this.h = backend.allocate(1, points, samples);
        this.z = backend.allocate(1, points, samples);
        this.slope = backend.allocate(1, points, samples);
        this.freeFeatures = backend.allocate(1, points, samples);
        this.freeSlope = backend.allocate(1, points, samples);
        this.scratch = backend.allocate(1, points, samples);
    }

    /** Makes the kernels of time 0 exact: {@code Phi^l (Q, Q)} and {@code G^l (Q, Q)}. */
    void startExactly(double[] featureKernel, double[] gradientKernel) {
        featureStart = new ExactStart(backend, featureKernel, h.columns());
        gradientStart = new ExactStart(backend, gradientKernel, h.columns());
    }

    /**
     * Evaluates {@code phi(h)}, {@code phi'(h)} and the same at the free field {@code c u}, the control variate.
     *
     * @param freeFieldMoved false if {@code c u} is what it was at the time before
     */
    void activate(int step, double decay, boolean freeFieldMoved) {
        backend.activate(activation, h, features.at(step), slope);
        if (freeFieldMoved) {
            backend.add(decay, u, 0, scratch);
            backend.activate(activation, scratch, freeFeatures, freeSlope);
        }
        if (featureStart == null) {
            return;
        }
        if (step == 0) {
            featureStart.begin(features.at(0));
        }
        featureStart.add(1, features.at(step));
        if (freeFieldMoved) {
            featureStart.add(1, freeFeatures);
        }
    }

    /** Keeps the fields of a recorded time. */
    void record(int step) {
        if (features instanceof PivotHistory sparse) {
            sparse.record(step);
        }
        if (gradients instanceof PivotHistory sparse) {
            sparse.record(step);
        }
    }

    /** {@code g = phi'(h) z}. */
    void pullBack(int step) {
        backend.multiply(1, slope, z, 0, gradients.at(step));
        if (gradientStart == null) {
            return;
        }
        if (step == 0) {
            gradientStart.begin(gradients.at(0));
        }
        gradientStart.add(1, gradients.at(step));
    }

    /**
     * {@code c A^l}, or zeros without responses, in the basis of {@code r}'s noise, {@code c <(phi(h) - phi(c u)) E_r^T>}; the subtracted mean is zero.
     *
     * @return {@code (Q, k_r)}; the caller closes it
     */
    Matrix featureResponse(int step, double decay) {
        if (!responding) {
            return backend.allocate(1, h.rows(), rProcess.pivots());
        }
        backend.copy(features.at(step), scratch);
        backend.add(-1, freeFeatures, 1, scratch);
        return rProcess.correlate(decay, scratch);
    }

    /**
     * {@code c B^l}, or zeros without responses, in the basis of {@code u}'s noise, {@code c <(g - phi'(c u) c r) E_u^T>}.
     *
     * @return {@code (Q, k_u)}; the caller closes it
     */
    Matrix gradientResponse(int step, double decay) {
        if (!responding) {
            return backend.allocate(1, h.rows(), uProcess.pivots());
        }
        backend.copy(gradients.at(step), scratch);
        backend.multiply(-decay, freeSlope, r, 1, scratch);
        if (gradientStart != null) {
            gradientStart.add(-1, scratch);
        }
        return uProcess.correlate(decay, scratch);
    }

    /** {@code <z phi(h)> - <c r phi(c u)>} per point, length Q: the read-out with its control variate. */
    double[] readout(int step, double decay) {
        double[] full = backend.rowDot(z, features.at(step));
        double[] free = backend.rowDot(r, freeFeatures);
        for (int mu = 0; mu < full.length; mu++) {
            full[mu] = (full[mu] - decay * free[mu]) / h.columns();
        }
        return full;
    }

    @Override
    public void close() {
        basis.close();
        uProcess.close();
        rProcess.close();
        features.close();
        gradients.close();
        for (Matrix field : new Matrix[] {u, r, h, z, slope, freeFeatures, freeSlope, scratch}) {
            field.close();
        }
        if (featureStart != null) {
            featureStart.close();
            gradientStart.close();
        }
    }
}
