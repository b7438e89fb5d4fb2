package org.widthbench.core.weights;

import java.util.Optional;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GrowingRows;
import org.widthbench.core.optimize.InitialPart;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Weights that are never drawn, of exactly the law of {@link DenseWeights}: only what they do to the directions queried so far
 * is sampled, given all that earlier queries said ({@code docs/theory.md} 4.6; after Lu 2021, "Householder Dice"). With
 * orthonormal features {@code v}, gradients {@code u} and {@code q = M/N}:
 *
 * <pre>{@code
 * P_v = W v / sqrt(N)   = E - <E, U> U + <R, v> U / q      E ~ N(0, 1)
 * R_u = W^T u / sqrt(N) = E - <E, V> V + q <P, u> V        E ~ N(0, q)
 * W(t) x / sqrt(N)   = c(t) alpha P + alpha C^T U          alpha = <x, V>
 * W(t)^T y / sqrt(N) = c(t) beta R + q beta C V            beta = <y, U>
 * step:  C gains sum_i drive_i beta_i^T alpha_i, under the optimizer's own recursion
 * }</pre>
 *
 * With k and m directions this keeps {@code (k + m)(N + M)} numbers instead of {@code M N}; a query of q rows takes
 * {@code 2 q (2 k N + m M)} flops.
 */
final class ConditionedWeights implements Weights {
    private final Backend backend;
    private final InitialDraw draw;
    private final InitialPart initial;
    /** {@code q = M/N}. */
    private final double ratio;

    /** V of the features, U of the gradients. */
    private final Span right;

    private final Span left;
    /** {@code P (k, M)} and {@code R (m, N)}. */
    private final GrowingRows rightImages;

    private final GrowingRows leftImages;
    /** {@code C (m, k)}, with room to grow. */
    private final Learned learned;

    private Coordinates alpha;
    private Coordinates beta;

    ConditionedWeights(
            Backend backend, InitialDraw draw, int outputs, int inputs, LinearOptimizer optimizer, double tolerance) {
        this.backend = backend;
        this.draw = draw;
        this.initial = new InitialPart(optimizer);
        this.ratio = (double) outputs / inputs;
        this.right = new Span(backend, inputs, tolerance, draw.law(true, tolerance));
        this.left = new Span(backend, outputs, tolerance, draw.law(false, tolerance));
        this.rightImages = new GrowingRows(backend, 1, outputs);
        this.leftImages = new GrowingRows(backend, 1, inputs);
        this.learned = new Learned(backend, optimizer, backend.allocate(1, 1, 1));
    }

    @Override
    public void forward(Field x, double scale, double keep, Field target) {
        alpha = right.of(x.value());
        int known = right.count() - right.added();
        if (right.added() > 0) {
            Matrix fresh = rightImages.append(right.added());
            draw.featureImages(backend, known, fresh);
            condition(fresh, left, right.directions().rows(known, right.added()), leftImages.filled(), 1 / ratio);
        }
        start(alpha, rightImages, scale, keep, target.value());
        apply(alpha, true, scale, left, target.value());
    }

    @Override
    public void backward(Field y, double scale, double keep, Field target) {
        beta = left.of(y.value());
        int known = left.count() - left.added();
        if (left.added() > 0) {
            Matrix fresh = leftImages.append(left.added());
            draw.gradientImages(backend, known, fresh);
            if (ratio != 1) {
                backend.add(0, fresh, Math.sqrt(ratio), fresh);
            }
            condition(fresh, right, left.directions().rows(known, left.added()), rightImages.filled(), ratio);
        }
        if (target != null) {
            start(beta, leftImages, scale, keep, target.value());
            apply(beta, false, scale * ratio, right, target.value());
        }
    }

    /**
     * Replaces what fresh noise says of directions whose images are known by what is known: {@code image = image - <image, K> K
     * + factor <K's image, new> K}.
     *
     * @param known K, in the space of {@code images}
     * @param directions the new directions, of which {@code images} are the images
     * @param knownImages images of K, in the space of {@code directions}
     */
    private void condition(Matrix images, Span known, Matrix directions, Matrix knownImages, double factor) {
        if (knownImages.rows() == 0) {
            return;
        }
        Matrix basis = known.directions().rows(0, knownImages.rows());
        try (Matrix share = backend.allocateUnset(1, images.rows(), basis.rows())) {
            backend.gemm(factor / directions.columns(), directions, false, knownImages, true, 0, share);
            backend.gemm(-1.0 / images.columns(), images, false, basis, true, 1, share);
            backend.gemm(1, share, false, basis, false, 1, images);
        }
    }

    /** {@code target = scale c(t) coordinates images + keep target}. */
    private void start(Coordinates coordinates, GrowingRows images, double scale, double keep, Matrix target) {
        if (images.count() == 0) {
            // Only fields of zeros were seen so far.
            if (keep == 0) {
                backend.zero(target);
            } else {
                backend.add(0, target, keep, target);
            }
        } else {
            backend.gemm(scale * initial.share(), coordinates.rows(), false, images.filled(), false, keep, target);
        }
    }

    /** {@code target += factor coordinates op(C) other}. */
    private void apply(Coordinates coordinates, boolean transpose, double factor, Span other, Matrix target) {
        Matrix rows = coordinates.rows();
        int ofOther = other.count();
        if (ofOther == 0 || rows.columns() == 0) {
            return;
        }
        Matrix core = learned.part(left.count(), right.count());
        try (Matrix shares = backend.allocateUnset(1, rows.rows(), ofOther)) {
            backend.gemm(1, rows, false, core, transpose, 0, shares);
            backend.gemm(factor, shares, false, other.directions(), false, 1, target);
        }
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        learned.gather(1, beta.rows(), drive, alpha.rows(), rows);
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        learned.step(rate, 1, beta.rows(), drive, alpha.rows(), rows);
        initial.step(rate);
    }

    @Override
    public Optional<Directions> directions() {
        return Optional.of(new Directions(right.count(), left.count(), right.left(), left.left()));
    }

    @Override
    public Coordinates outer(int first, int count) {
        Matrix sum = backend.allocate(1, left.count(), right.count());
        if (sum.entries() > 0) {
            backend.gemm(1, beta.rows().rows(first, count), true, alpha.rows().rows(first, count), false, 0, sum);
        }
        return new Coordinates(sum, 1);
    }

    @Override
    public Coordinates features() {
        return alpha;
    }

    @Override
    public Coordinates gradients() {
        return beta;
    }

    @Override
    public void close() {
        right.close();
        left.close();
        rightImages.close();
        leftImages.close();
        learned.close();
    }
}
