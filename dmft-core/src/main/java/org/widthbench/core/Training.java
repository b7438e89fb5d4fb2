package org.widthbench.core;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.widthbench.core.problem.PointSchedule;

/**
 * How a network is trained; theory and network read the same record. Time {@code t} means after {@code t} update steps;
 * {@code steps} is the number T of recorded times {@code 0..T-1}.
 *
 * @param gamma0 feature-learning strength, {@code > 0}
 * @param eta function-space learning rate, {@code > 0}; parameters move with {@code eta gamma0^2 N}
 * @param steps number T of times, at least 1
 * @param momentum heavy-ball coefficient m in {@code [0, 1)}
 * @param weightDecay L2 coefficient lambda, {@code >= 0}
 * @param batch points per minibatch, 0 for full batch
 * @param dynamics exact gradient descent or its first-order (Euler gradient flow) variant
 * @param record the recorded times, ascending within {@code 0..T-1}; null records all
 * @param loss what is minimized
 * @param schedule learning-rate factors {@code rho(t)}, one per time: the step from t to t+1 uses {@code eta rho(t)}; null
 *     keeps the rate constant
 * @param online true to see every training point once at most: a batch of new points per step ({@link PointSchedule})
 * @param optimizer what turns gradients into steps
 */
public record Training(
        double gamma0,
        double eta,
        int steps,
        double momentum,
        double weightDecay,
        int batch,
        Dynamics dynamics,
        int[] record,
        Loss loss,
        double[] schedule,
        boolean online,
        Optimizer optimizer) {

    /** Hours of the smallest network; beyond, the lists of times alone fill memories. */
    public static final int MOST_STEPS = 10_000_000;

    /** What turns gradients into steps. */
    public enum Optimizer {
        /** Gradient descent, with momentum and weight decay if they are given: the theories' own. */
        SGD,
        /** {@link org.widthbench.core.optimize.Adam}, for networks whose weights are drawn. */
        ADAM
    }

    /** How the residual Delta is carried from one time to the next. */
    public enum Dynamics {
        /** Gradient descent with its finite step, exact at any step size. */
        DESCENT,
        /** {@code Delta(t+1) = Delta(t) - (eta/P) NTK(t,t) Delta(t)}, what the published notebooks do. */
        FLOW
    }

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Training {
        InvalidInputException.require(
                gamma0 > 0 && Double.isFinite(gamma0),
                "training.gamma0",
                gamma0,
                "a number > 0 (the limit 0 is theory.solver: static-ntk)");
        InvalidInputException.require(eta > 0 && Double.isFinite(eta), "training.eta", eta, "a number > 0");
        InvalidInputException.requireCount("training.steps", steps, MOST_STEPS);
        InvalidInputException.require(
                momentum >= 0 && momentum < 1, "training.momentum", momentum, "a number in [0, 1)");
        InvalidInputException.require(
                weightDecay >= 0 && Double.isFinite(weightDecay), "training.weightDecay", weightDecay, "a number >= 0");
        InvalidInputException.require(batch >= 0, "training.batch", batch, "'full' or a whole number >= 1");
        InvalidInputException.require(
                !online || batch > 0, "training.batch", "full", "a whole number >= 1 with training.online");
        boolean plain = momentum == 0 && weightDecay == 0 && dynamics == Dynamics.DESCENT;
        InvalidInputException.require(
                optimizer == Optimizer.SGD || plain,
                "training.optimizer",
                "adam",
                "sgd where momentum, weightDecay or dynamics is set: Adam has averages of its own");
        record = record == null ? IntStream.range(0, steps).toArray() : record.clone();
        for (int i = 0; i < record.length; i++) {
            // Only a failing check may print the list: it has as many entries as there are steps.
            if (record[i] < (i == 0 ? 0 : record[i - 1] + 1) || record[i] >= steps) {
                throw InvalidInputException.key(
                        "training.record", Arrays.toString(record), "ascending times within 0.." + (steps - 1));
            }
        }
        InvalidInputException.require(record.length > 0, "training.record", "[]", "at least one time");
        if (schedule != null) {
            schedule = schedule.clone();
            InvalidInputException.require(
                    schedule.length == steps,
                    "training.schedule",
                    schedule.length + " factors",
                    "one per step, " + steps);
            for (double rho : schedule) {
                InvalidInputException.require(
                        rho >= 0 && Double.isFinite(rho), "training.schedule", rho, "factors that are numbers >= 0");
            }
        }
    }

    /** Mean squared error at a constant learning rate, on the whole set or on minibatches of it again and again. */
    public Training(
            double gamma0,
            double eta,
            int steps,
            double momentum,
            double weightDecay,
            int batch,
            Dynamics dynamics,
            int[] record) {
        this(gamma0, eta, steps, momentum, weightDecay, batch, dynamics, record, Loss.MSE, null, false, Optimizer.SGD);
    }

    /** Plain full-batch gradient descent with every time recorded. */
    public static Training descent(double gamma0, double eta, int steps) {
        return new Training(gamma0, eta, steps, 0, 0, 0, Dynamics.DESCENT, null);
    }

    /** The recorded times; the caller owns the copy. */
    @Override
    public int[] record() {
        return record.clone();
    }

    /** The learning-rate factors, null if the rate is constant; the caller owns the copy. */
    @Override
    public double[] schedule() {
        return schedule == null ? null : schedule.clone();
    }

    /** {@code rho(t)}, 1 without a schedule. */
    public double rateFactor(int t) {
        return schedule == null ? 1 : schedule[t];
    }

    /** This training with another {@code gamma0}. */
    public Training withGamma0(double newGamma0) {
        return with(draft -> draft.gamma0 = newGamma0);
    }

    /** This training under other dynamics. */
    public Training withDynamics(Dynamics newDynamics) {
        return with(draft -> draft.dynamics = newDynamics);
    }

    /** This training of another loss. */
    public Training withLoss(Loss newLoss) {
        return with(draft -> draft.loss = newLoss);
    }

    /** This training under a learning-rate schedule, one factor per time. */
    public Training withSchedule(double... factors) {
        return with(draft -> draft.schedule = factors);
    }

    /** This training recorded at other times. */
    public Training withRecord(int... times) {
        return with(draft -> draft.record = times);
    }

    /** This training in one pass over the data, {@code points} new ones per step. */
    public Training withOnlineBatch(int points) {
        return with(draft -> {
            draft.batch = points;
            draft.online = true;
        });
    }

    /** This training by another optimizer. */
    public Training withOptimizer(Optimizer newOptimizer) {
        return with(draft -> draft.optimizer = newOptimizer);
    }

    private Training with(Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        return new Training(
                draft.gamma0,
                eta,
                steps,
                momentum,
                weightDecay,
                draft.batch,
                draft.dynamics,
                draft.record,
                draft.loss,
                draft.schedule,
                draft.online,
                draft.optimizer);
    }

    /** The components that a copy may change. */
    private final class Draft {
        private double gamma0 = Training.this.gamma0;
        private int batch = Training.this.batch;
        private Dynamics dynamics = Training.this.dynamics;
        private int[] record = Training.this.record;
        private Loss loss = Training.this.loss;
        private double[] schedule = Training.this.schedule;
        private boolean online = Training.this.online;
        private Optimizer optimizer = Training.this.optimizer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Training that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(components());
    }

    private Object[] components() {
        return new Object[] {
            gamma0, eta, steps, momentum, weightDecay, batch, dynamics, record, loss, schedule, online, optimizer
        };
    }
}
