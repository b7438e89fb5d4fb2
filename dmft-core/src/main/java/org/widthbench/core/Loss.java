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

        @Override
        public void requireLabels(double[] targets, int outputs, int mu) {
            for (int at = mu * outputs; at < (mu + 1) * outputs; at++) {
                InvalidInputException.require(
                        Math.abs(targets[at]) == 1,
                        "data.y",
                        targets[at] + " at training point " + mu,
                        "-1 or +1 with training.loss logistic (2 y - 1 turns labels 0, 1 into them), or training.loss mse");
            }
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

        @Override
        public void requireLabels(double[] targets, int outputs, int mu) {
            double mass = 0;
            for (int c = 0; c < outputs; c++) {
                double target = targets[mu * outputs + c];
                require(
                        target >= 0,
                        target + " at training point " + mu + ", class " + c,
                        "probabilities of the classes");
                mass += target;
            }
            require(
                    Math.abs(mass - 1) <= MASS_TOLERANCE,
                    "a row of sum " + mass + " at training point " + mu,
                    "rows of sum 1");
        }

        private static void require(boolean ok, String found, String allowed) {
            InvalidInputException.require(
                    ok,
                    "data.y",
                    found,
                    allowed + " with training.loss cross-entropy, one-hot as a rule, or training.loss mse");
        }
    };

    /** Rows of probabilities that were rounded to float32 sum to 1 within this. */
    private static final double MASS_TOLERANCE = 1e-5;

    /**
     * Checks the labels of one training point.
     *
     * @param targets {@code (P, C)}
     * @param outputs C
     * @param mu the point
     * @throws InvalidInputException naming label, point and remedy if the loss is not defined for them
     */
    public void requireLabels(double[] targets, int outputs, int mu) {}

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
