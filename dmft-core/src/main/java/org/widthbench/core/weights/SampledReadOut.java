package org.widthbench.core.weights;

import java.util.Arrays;
import java.util.Map;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.InitialPart;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * The last weights of infinitely many neurons, one row of noise per output at the start. Outputs are centred, {@code <w phi> - c(t) <w(0) phi~>}
 * with the features' free companion, which is zero at N = infinity and takes out most of the sampling error ({@code docs/theory.md} 4.1).
 */
public final class SampledReadOut implements ReadOut {
    private final Backend backend;
    private final SampledProcess process;
    private final InitialPart share;
    /** {@code w(t)} and {@code w(0)}, {@code (C, S)}. */
    private final Matrix weights;

    private final Matrix initial;
    private final DenseReadOut moved;
    private boolean drawn;

    /** @param process w(0), drawn when it is first asked for; closed with this */
    public SampledReadOut(
            Backend backend, LinearOptimizer optimizer, SampledProcess process, int outputs, int samples) {
        this.backend = backend;
        this.process = process;
        this.share = new InitialPart(optimizer);
        this.weights = backend.allocate(1, outputs, samples);
        this.initial = backend.allocate(1, outputs, samples);
        this.moved = new DenseReadOut(backend, optimizer, weights);
    }

    private void draw() {
        if (!drawn) {
            int outputs = initial.rows();
            double[] unit = new double[outputs * outputs];
            for (int c = 0; c < outputs; c++) {
                unit[c * outputs + c] = 1;
            }
            process.drawSpanned(unit, initial);
            backend.copy(initial, weights);
            drawn = true;
        }
    }

    @Override
    public double[] outputs(Field phi) {
        draw();
        double[] outputs = moved.outputs(phi);
        double[] free = backend.kernelBlock(share.share() / initial.columns(), phi.free(), initial);
        Arrays.setAll(outputs, i -> outputs[i] - free[i]);
        return outputs;
    }

    @Override
    public void pullBack(double scale, int[] outputs, Field z) {
        draw();
        moved.pullBack(scale, outputs, z);
        DenseReadOut.spread(backend, initial, scale * share.share(), outputs, z.free());
    }

    @Override
    public void gather(double[] driving) {
        moved.gather(driving);
    }

    @Override
    public void learn(double[] driving, double rate) {
        moved.learn(driving, rate);
        share.step(rate);
    }

    @Override
    public Map<String, Matrix> state() {
        return moved.state();
    }

    @Override
    public void close() {
        process.close();
        moved.close();
        initial.close();
    }
}
