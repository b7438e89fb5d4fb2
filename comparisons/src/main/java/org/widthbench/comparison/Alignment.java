package org.widthbench.comparison;

import java.util.Arrays;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

/** Kernel alignment {@code A(X,Y) = <X,Y>_F / (|X|_F |Y|_F)}, {@code docs/theory.md} section 2. */
public final class Alignment {
    private Alignment() {}

    /**
     * Cosine of the angle between two tensors taken as vectors, over all their entries. A tensor of zeros, the kernel of
     * a dead ReLU layer or of inputs that are all 0, points nowhere: it agrees with another of zeros, alignment 1, and with
     * nothing else, alignment 0.
     *
     * @param x any shape
     * @param y same shape
     * @return in {@code [-1, 1]}
     * @throws InvalidInputException if the shapes differ
     */
    public static double of(Tensor x, Tensor y) {
        if (!Arrays.equals(x.shape(), y.shape())) {
            throw new InvalidInputException("shapes " + Arrays.toString(x.shape()) + " and "
                    + Arrays.toString(y.shape()) + " differ; an alignment needs equal shapes");
        }
        double alignment = cosine(x.data(), y.data(), 1, 1);
        if (Double.isFinite(alignment)) {
            return alignment;
        }
        // Squares that overflow or vanish: again, scaled by the largest entries.
        double largestX = largest(x);
        double largestY = largest(y);
        if (largestX == 0 || largestY == 0) {
            return largestX == largestY ? 1 : 0;
        }
        return cosine(x.data(), y.data(), largestX, largestY);
    }

    /** {@code |y|_F / |x|_F}, 1 if both are 0; the largest number there is if {@code x} alone is 0. */
    static double normRatio(Tensor x, Tensor y) {
        double normX = norm(x.data());
        double normY = norm(y.data());
        return normX == normY ? 1 : Math.min(normY / normX, Double.MAX_VALUE);
    }

    /** Frobenius norm, whatever the scale. */
    static double norm(double[] data) {
        return MathArrays.safeNorm(data);
    }

    private static double cosine(double[] x, double[] y, double scaleX, double scaleY) {
        double product = 0;
        double squareX = 0;
        double squareY = 0;
        for (int i = 0; i < x.length; i++) {
            double u = x[i] / scaleX;
            double v = y[i] / scaleY;
            product += u * v;
            squareX += u * u;
            squareY += v * v;
        }
        if (!(squareX >= Double.MIN_NORMAL && squareX <= Double.MAX_VALUE)
                || !(squareY >= Double.MIN_NORMAL && squareY <= Double.MAX_VALUE)) {
            return Double.NaN;
        }
        return Math.max(-1, Math.min(1, product / (Math.sqrt(squareX) * Math.sqrt(squareY))));
    }

    private static double largest(Tensor x) {
        double largest = 0;
        for (double entry : x.data()) {
            largest = Math.max(largest, Math.abs(entry));
        }
        return largest;
    }
}
