package org.widthbench.core.weights;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.InitialPart;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Weights of infinitely many neurons that read known numbers x, data or the one that a bias is multiplied by: {@code u ~ GP(0, x
 * x^T / D)} from their initial part, and {@code x V / sqrt(D)} from what they learned ({@code docs/theory.md} 4.5). V {@code (D,
 * S)} moves by the optimizer's own recursion, {@code 4 q D S} flops a step of q rows.
 */
public final class SampledInputWeights implements Weights {
    private final Backend backend;
    private final InitialPart share;
    private final SampledProcess process;
    private final GaussianProcess law;
    private final boolean moving;
    private final double norm;
    private final Learned learned;
    private Matrix inputs;
    private Matrix gradients;
    /** u of the present inputs; null before the first query. */
    private Matrix initial;

    private double lastShare = Double.NaN;
    private boolean freeMoved = true;

    /**
     * @param process u; closed with this
     * @param law says with how few rows of noise u is drawn; null to draw it with one for every number that a row has
     * @param moving whether the inputs change in time, else they are read once; needs the law to be null
     * @param dimension number D of columns of the inputs
     * @param samples S
     */
    public SampledInputWeights(
            Backend backend,
            LinearOptimizer optimizer,
            SampledProcess process,
            GaussianProcess law,
            boolean moving,
            int dimension,
            int samples) {
        this.backend = backend;
        this.share = new InitialPart(optimizer);
        this.process = process;
        this.law = law;
        this.moving = moving;
        this.norm = Math.sqrt(dimension);
        this.learned = new Learned(backend, optimizer, backend.allocate(1, dimension, samples));
    }

    @Override
    public void forward(Field x, double scale, double keep, Field target) {
        boolean fresh = initial == null || moving;
        inputs = x.value();
        if (fresh) {
            draw();
        }
        freeMoved = fresh || lastShare != share.share();
        lastShare = share.share();
        backend.add(scale * lastShare, initial, keep, target.free());
        backend.add(scale * lastShare, initial, keep, target.value());
        backend.gemm(scale / norm, inputs, false, learned.value(), false, 1, target.value());
    }

    private void draw() {
        int rows = inputs.rows();
        if (initial == null) {
            initial = backend.allocateUnset(1, rows, learned.value().columns());
        }
        if (law == null) {
            double[] factor = new double[Math.toIntExact(inputs.entries())];
            backend.download(inputs, factor);
            for (int i = 0; i < factor.length; i++) {
                factor[i] /= norm;
            }
            process.drawSpanned(factor, initial);
        } else {
            double[] kernel = backend.kernelBlock(1 / (norm * norm), inputs, inputs);
            process.draw(law.extend(new double[0], kernel), new double[rows], 1, 0, initial);
        }
    }

    @Override
    public boolean freeMoved() {
        return freeMoved;
    }

    /** Only remembers the gradients: nobody asks what the inputs should have been. */
    @Override
    public void backward(Field y, double scale, double keep, Field target) {
        if (target != null) {
            throw new UnsupportedOperationException("the gradient of known numbers");
        }
        gradients = y.value();
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        act(rows, drive, driven -> learned.gather(1 / norm, driven, true, gradients));
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        act(rows, drive, driven -> learned.step(rate, 1 / norm, driven, true, gradients));
        share.step(rate);
    }

    /** Does something with the inputs of every gradient, times its drive. */
    private void act(int[] rows, double[] drive, java.util.function.Consumer<Matrix> act) {
        try (Matrix seen = backend.allocateUnset(1, rows.length, inputs.columns());
                Matrix driven = backend.allocateUnset(1, rows.length, inputs.columns())) {
            backend.gatherRows(inputs, rows, seen);
            backend.scaleRows(drive, seen, driven);
            act.accept(driven);
        }
    }

    @Override
    public Coordinates features() {
        return Coordinates.of(inputs);
    }

    @Override
    public Coordinates gradients() {
        return Coordinates.of(gradients);
    }

    @Override
    public void close() {
        process.close();
        learned.close();
        if (initial != null) {
            initial.close();
        }
    }
}
