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
    },
    /**
     * {@code -sum_c y_c log softmax_c(f)} over several outputs; targets are the probabilities of the classes, one-hot as a
     * rule.
     */
    CROSS_ENTROPY {
        /** Of one output alone the softmax is 1. */
        @Override
        public double residual(double target, double prediction) {
            return 0;
        }

        @Override
        public double value(double target, double prediction) {
            return 0;
        }

        @Override
        public double evaluate(double[] targets, int at, double[] predictions, int from, double[] residuals) {
            int outputs = residuals.length;
            double largest = Double.NEGATIVE_INFINITY;
            double mass = 0;
            for (int c = 0; c < outputs; c++) {
                largest = Math.max(largest, predictions[from + c]);
                mass += targets[at + c];
            }
            double sum = 0;
            for (int c = 0; c < outputs; c++) {
                sum += Math.exp(predictions[from + c] - largest);
            }
            double loss = 0;
            for (int c = 0; c < outputs; c++) {
                double logarithm = predictions[from + c] - largest - Math.log(sum);
                loss -= targets[at + c] * logarithm;
                residuals[c] = targets[at + c] - mass * Math.exp(logarithm);
            }
            return loss;
        }
    };

    /**
     * Residuals and reported loss at one point with several outputs; for losses that do not couple outputs the sum over them.
     *
     * @param targets holds {@code y_c} from index {@code at} on
     * @param predictions holds {@code f_c} from index {@code from} on
     * @param residuals receives {@code Delta_c = -dloss/df_c}, length C
     */
    public double evaluate(double[] targets, int at, double[] predictions, int from, double[] residuals) {
        double sum = 0;
        for (int c = 0; c < residuals.length; c++) {
            residuals[c] = residual(targets[at + c], predictions[from + c]);
            sum += value(targets[at + c], predictions[from + c]);
        }
        return sum;
    }

    /** {@code Delta = -dloss/df} at one point. */
    public abstract double residual(double target, double prediction);

    /** The reported loss at one point. */
    public abstract double value(double target, double prediction);
}
