package org.widthbench.reproduce;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.Sha256;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Reporter;
import org.widthbench.report.Report;
import org.widthbench.training.BatchOrder;
import org.widthbench.training.CnnTrajectory;
import org.widthbench.training.KeptRun;
import org.widthbench.training.NetworkTrainer;

/**
 * CNNs of one channel count and gamma0 on two classes of images: curves {@code (R)} at the recorded times, one per seed.
 *
 * @param times {@code (R)}
 * @param meanSquare {@code (y - f)^2} over test images
 * @param error share of test images on the wrong side of zero
 * @param alignment of {@code Phi^L} of pooled features on test images with {@code y y^T}
 */
record ImageClassesRun(
        double gamma0,
        int channels,
        double[] times,
        List<double[]> meanSquare,
        List<double[]> error,
        List<double[]> alignment) {
    /** Test images in the kernel. */
    private static final int IN_KERNEL = 100;
    /** Seldom beside the second that writing the 100 MB of 500 channels takes. */
    private static final Duration KEPT_EVERY = Duration.ofMinutes(1);

    /** @param states folder for what a killed run goes on from */
    static ImageClassesRun of(
            Experiment experiment,
            ClassifiedImages images,
            double gamma0,
            int channels,
            BatchOrder order,
            Path states,
            Reporter reporter) {
        Problem problem = inPrint(images.problem()).withGamma0(gamma0);
        int[] watched =
                IntStream.range(problem.trainingPoints(), problem.points()).toArray();
        int inKernel = Math.min(IN_KERNEL, watched.length) / 2 * 2;
        int seeds = experiment.sweep().seeds();
        double[] times =
                Arrays.stream(problem.training().record()).asDoubleStream().toArray();
        ImageClassesRun run =
                new ImageClassesRun(gamma0, channels, times, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        String name = String.format(Locale.ROOT, "%d networks, N = %d, gamma0 = %.0f", seeds, channels, gamma0);
        String identity = identity(experiment, problem, channels, order);
        Ensemble.forEachSeed(name, seeds, reporter, (seed, progress) -> {
            KeptRun kept = new KeptRun(
                    states.resolve(String.format(Locale.ROOT, "N%d-gamma%.0f-seed%d.npz", channels, gamma0, seed)),
                    identity + seed,
                    KEPT_EVERY,
                    reporter::say);
            try (Backend own = Ensemble.networks().open(problem, channels)) {
                NetworkTrainer trainer = new NetworkTrainer(channels, seed, Holding.DENSE, order, own);
                run.add(trainer.follow(problem, watched, inKernel, kept, progress), images.testTargets());
            }
        });
        return run;
    }

    /** In the published scaling, without factors of the filter's size: gamma0 means what it means in print. */
    private static Problem inPrint(Problem problem) {
        Network network = problem.network();
        Cnn cnn = new Cnn(network.architecture().kernel(), Residual.NONE, Cnn.Scaling.NOTEBOOK);
        return new Problem(
                problem.dataset(),
                new Network(cnn, network.depth(), network.activation(), network.bias()),
                problem.training());
    }

    /** All that determines a network's run but its seed. */
    private static String identity(Experiment experiment, Problem problem, int channels, BatchOrder order) {
        Map<String, Object> all = new LinkedHashMap<>(experiment.toMap());
        all.remove("sweep");
        all.put("images", Sha256.of(problem.dataset().inputs().data()));
        all.put("gamma0", problem.training().gamma0());
        all.put("channels", channels);
        all.put("order", order.toString());
        all.put("code", Code.hash());
        return Json.text(all);
    }

    /** Takes one more seed. */
    private void add(CnnTrajectory network, double[] labels) {
        double[] squares = new double[times.length];
        double[] wrong = new double[times.length];
        double[] aligned = new double[times.length];
        Tensor kernel = network.featureKernels().get(network.featureKernels().size() - 1);
        for (int t = 0; t < times.length; t++) {
            for (int k = 0; k < labels.length; k++) {
                double f = network.f().get(t, k);
                squares[t] += (labels[k] - f) * (labels[k] - f) / labels.length;
                // At the start predictions are zero, on neither side: half of them count.
                wrong[t] += (f == 0 ? 0.5 : labels[k] * f > 0 ? 0 : 1) / labels.length;
            }
            aligned[t] = alignment(kernel, t, labels);
        }
        meanSquare.add(squares);
        error.add(wrong);
        alignment.add(aligned);
    }

    /** {@code y^T K y / (|K|_F |y|^2)}. */
    private static double alignment(Tensor kernels, int t, double[] labels) {
        int n = kernels.size(1);
        double inner = 0;
        double square = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double entry = kernels.get(t, i, j);
                inner += labels[i] * labels[j] * entry;
                square += entry * entry;
            }
        }
        return inner / (Math.sqrt(square) * n);
    }

    /** Test MSE, mean of the last quarter of the times: single minibatches move the last one. */
    private SeedStatistics settled() {
        int from = times.length * 3 / 4;
        return SeedStatistics.of(meanSquare.stream()
                .mapToDouble(curve -> StatUtils.mean(curve, from, times.length - from))
                .toArray());
    }

    /** Mean over seeds at the last time. */
    static double last(List<double[]> curves) {
        double[] mean = SeedStatistics.mean(curves);
        return mean[mean.length - 1];
    }

    /** A difference and its standard error over seeds, NaN of a single one. */
    record Effect(double size, double error) {
        /** Whether it is below a bound by two standard errors. */
        boolean below(double bound) {
            return size + 2 * error <= bound;
        }

        /** Whether it is above a bound by two standard errors. */
        boolean above(double bound) {
            return size - 2 * error > bound;
        }

        @Override
        public String toString() {
            return ComparedRun.number("%.4f", size)
                    + (Double.isNaN(error) ? "" : ComparedRun.number(" +- %.4f", error));
        }
    }

    /** Largest difference of the settled test MSE between two widths at the same gamma0. */
    static Effect widthEffect(List<ImageClassesRun> runs) {
        return largest(runs, true);
    }

    /** Largest difference of the settled test MSE between two gamma0 at the same width. */
    static Effect gammaEffect(List<ImageClassesRun> runs) {
        return largest(runs, false);
    }

    private static Effect largest(List<ImageClassesRun> runs, boolean sameGamma0) {
        Effect largest = new Effect(0, Double.NaN);
        for (ImageClassesRun a : runs) {
            for (ImageClassesRun b : runs) {
                SeedStatistics one = a.settled();
                SeedStatistics other = b.settled();
                double size = Math.abs(one.mean() - other.mean());
                boolean compared = sameGamma0 ? a.gamma0 == b.gamma0 : a.channels == b.channels;
                if (compared && size > largest.size) {
                    largest = new Effect(size, Math.hypot(one.standardError(), other.standardError()));
                }
            }
        }
        return largest;
    }

    /** Means over seeds. */
    static Csv csv(List<ImageClassesRun> runs) {
        Csv csv = new Csv("gamma0", "channels", "time", "test_mse", "test_error", "alignment");
        for (ImageClassesRun run : runs) {
            double[] squares = SeedStatistics.mean(run.meanSquare);
            double[] wrong = SeedStatistics.mean(run.error);
            double[] aligned = SeedStatistics.mean(run.alignment);
            for (int t = 0; t < run.times.length; t++) {
                csv.row(run.gamma0, run.channels, (int) run.times[t], squares[t], wrong[t], aligned[t]);
            }
        }
        return csv;
    }

    static Report.Table table(List<ImageClassesRun> runs) {
        return Report.Table.of(
                "At the last step, mean over seeds; test MSE also over the last quarter of the steps, with its standard error over"
                        + " seeds.",
                List.of("channels", "gamma0", "test MSE", "last quarter", "test error", "alignment with the labels"),
                runs,
                run -> List.of(
                        String.valueOf(run.channels),
                        ComparedRun.number("%.0f", run.gamma0),
                        ComparedRun.number("%.4f", last(run.meanSquare)),
                        new Effect(run.settled().mean(), run.settled().standardError()).toString(),
                        ComparedRun.number("%.4f", last(run.error)),
                        ComparedRun.number("%.4f", last(run.alignment))));
    }
}
