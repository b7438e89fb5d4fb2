package org.widthbench.core.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;

/** A network of conditioned weights whose neurons have shares of their own in all averages, {@link Reweighting}. */
public final class ReweightedRealization extends NetworkRealization {
    private final long seed;
    private final int width;
    private final Reweighting reweighting;
    private final Map<Neurons, double[]> roots = new HashMap<>();
    private final List<Weighed> populations = new ArrayList<>();

    /** @param width number N of neurons of a population */
    public ReweightedRealization(Backend backend, long seed, int width, Optimizer optimizer, Reweighting reweighting) {
        super(backend, Holding.CONDITIONED, new long[] {seed}, width, optimizer);
        this.seed = seed;
        this.width = width;
        this.reweighting = reweighting;
    }

    @Override
    public Neurons neurons(Activation activation) {
        double[] own = reweighting.roots(populations.size(), width);
        Weighed neurons = new Weighed(backend(), activation, own);
        populations.add(neurons);
        roots.put(neurons, own);
        return neurons;
    }

    @Override
    InitialDraw draw(int layer, Neurons from, Neurons to) {
        double[] none = {};
        return new InitialDraw(
                new long[] {seed},
                width,
                layer,
                reweighting,
                roots.getOrDefault(to, none),
                roots.getOrDefault(from, none));
    }

    @Override
    public void close() {
        super.close();
        populations.forEach(Weighed::free);
    }

    /** Neurons whose fields are kept times {@code sqrt(w_i)}. */
    private static final class Weighed extends Neurons {
        private final Backend backend;
        private final double[] roots;
        /** {@code sqrt(w_i)} and its inverse in every row, and room for as many. */
        private Matrix root;

        private Matrix inverse;
        private Matrix bare;

        private Weighed(Backend backend, Activation activation, double[] roots) {
            super(backend, roots.length, activation);
            this.backend = backend;
            this.roots = roots;
        }

        @Override
        public void activate(Field h, Field phi, Field slope, boolean freeMoved) {
            prepare(h.count());
            backend.multiply(1, h.value(), inverse, 0, bare);
            super.activate(Field.of(bare), phi, slope, true);
            backend.multiply(1, phi.value(), root, 0, phi.value());
        }

        private void prepare(int rows) {
            if (root != null && root.rows() == rows) {
                return;
            }
            free();
            root = backend.allocateUnset(1, rows, roots.length);
            inverse = backend.allocateUnset(1, rows, roots.length);
            bare = backend.allocateUnset(1, rows, roots.length);
            double[] all = new double[rows * roots.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = roots[i % roots.length];
            }
            backend.upload(all, root);
            for (int i = 0; i < all.length; i++) {
                all[i] = 1 / all[i];
            }
            backend.upload(all, inverse);
        }

        private void free() {
            if (root != null) {
                root.close();
                inverse.close();
                bare.close();
                root = null;
            }
        }
    }
}
