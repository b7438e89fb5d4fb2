package org.widthbench.core;

/** Loss per training point; the theory and the networks see it only through {@code Delta = -dloss/df}. */
public enum Loss {
    /** {@code (y - f)^2 / 2}; what is reported is {@code (y - f)^2}, {@code docs/theory.md} section 1. */
    MSE {
        @Override
        public double residual(double target, double prediction) {
            return target - prediction;
        }

        @Override
        public double value(double target, double prediction) {
            double residual = target - prediction;
            return residual * residual;
        }
    },
    /** {@code log(1 + exp(-y f))} for labels {@code y = +-1}: cross-entropy of two classes. */
    LOGISTIC {
        @Override
        public double residual(double target, double prediction) {
            return target / (1 + Math.exp(target * prediction));
        }

        @Override
        public double value(double target, double prediction) {
            double margin = target * prediction;
            return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
        }
    };

    /** {@code Delta = -dloss/df} at one point. */
    public abstract double residual(double target, double prediction);

    /** The reported loss at one point. */
    public abstract double value(double target, double prediction);
}
