package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;

/**
 * BP22 Figure 3: a ReLU network with one hidden layer and L2 regularization comes to rest at fixed points with learned
 * kernels, lower in loss the larger gamma0. There it is a kernel machine of its own final NTK K: outputs are homogeneous
 * of degree {@code kappa = L + 1} in the weights, so with the weights at rest, {@code (gamma0/P) sum_al Delta_al df_al =
 * lambda_w W} in the units of the update, {@code kappa f = K Delta / (P lambda_w)} and
 *
 * <pre>
 *   f = K (K + lambda kappa I)^-1 y,   lambda = P lambda_w,   kappa = L + 1 = 2.
 * </pre>
 *
 * Our {@code weightDecay} lambda_w belongs to the mean over points, the paper's lambda = 1 to the sum.
 */
final class RegularizedFigure implements ExperimentFigure {
    private static final double[] GAMMA0S = {0.5, 1, 2, 4};
    private static final double LAMBDA = 1;
    private static final int DIMENSION = 25;
    private static final int POINTS = 10;

    /** Slow decay, over 16 of its own times by the last step. */
    private static final double ETA = 0.2;

    private static final int STEPS = 800;
    private static final int WIDTH = 2000;
    private static final int SEEDS = 4;
    private static final int QUICK_WIDTH = 500;
    private static final int QUICK_SEEDS = 2;

    /** Distance of f from the kernel machine's, root mean square. */
    private static final double REPRESENTER_BAR = 0.01;

    /** Steps at the end, two decay times of the standard setting, over which the final kernel is averaged. */
    private static final int WINDOW = 100;

    private static final double CURVES = 150;
    private static final double MAPS = 170;

    @Override
    public String name() {
        return "fig3";
    }

    @Override
    public String summary() {
        return "fixed points of an L2-regularized ReLU network against gamma0 (Bordelon & Pehlevan 2022, Figure 3)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        boolean quick = options.quick();
        org.widthbench.core.data.DataSource data = options.data().orElse(new GaussianSource(DIMENSION, POINTS, 0));
        double decay = LAMBDA / data.load().trainingPoints();
        return new Experiment(
                data,
                Network.mlp(1, new Relu()),
                new Training(GAMMA0S[GAMMA0S.length - 1], ETA, STEPS, 0, decay, 0, Training.Dynamics.DESCENT, null),
                TheorySettings.causal().withMethod(TheorySettings.Method.ONE_HIDDEN_LAYER),
                Ensemble.spec(options, quick ? QUICK_WIDTH : WIDTH, quick ? QUICK_SEEDS : SEEDS));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        List<ComparedRun> runs = TwoLayerFigure.runs(experiment, GAMMA0S, WINDOW, backend, reporter);
        int points = runs.get(0).problem().trainingPoints();
        Map<String, Panel> curves = new LinkedHashMap<>();
        curves.put("loss", RunPanels.loss(runs, false));
        curves.put("target-alignment", targetAlignment(runs));
        curves.put("representer", representer(runs.get(runs.size() - 1)));
        FigurePage page = new FigurePage()
                .row(CURVES, curves)
                .row(
                        MAPS,
                        "features",
                        RunPanels.kernels(
                                runs,
                                "Final feature kernel $\\Phi_{\\mu\\alpha}$",
                                of -> Kernels.last(of.featureKernels().get(0), points)));
        AtomicFile.writeText(folder.resolve("losses.csv"), ComparedRun.lossTable("gamma0", runs));
        AtomicFile.writeText(folder.resolve("fixed-points.csv"), csv(runs));
        Report.Picture picture = page.picture(name(), caption(experiment));
        return new Report(
                "Figure 3: fixed points of a regularized ReLU network",
                List.of(falling(runs), machine(runs)),
                List.of(picture),
                List.of(ComparedRun.table("gamma0", runs)),
                ComparedRun.summary(runs, backend));
    }

    /** {@code gamma0,theory_loss,network_loss,target_alignment,representer_error}. */
    private static String csv(List<ComparedRun> runs) {
        StringBuilder csv = new StringBuilder("gamma0,theory_loss,network_loss,target_alignment,representer_error\n");
        for (ComparedRun run : runs) {
            double[] alignment = targetAlignment(run.theory(), run.problem());
            csv.append(run.value()).append(',').append(run.theory().finalLoss()).append(',');
            csv.append(run.networks().mean().finalLoss()).append(',');
            csv.append(alignment[alignment.length - 1]).append(',');
            csv.append(representerError(run)).append('\n');
        }
        return csv.toString();
    }

    private static Report.Verdict falling(List<ComparedRun> runs) {
        boolean falls = IntStream.range(1, runs.size())
                .allMatch(i -> runs.get(i).theory().finalLoss()
                        < runs.get(i - 1).theory().finalLoss());
        return new Report.Verdict(
                falls, "The loss at the fixed point " + (falls ? "falls" : "does not fall") + " as gamma0 grows.");
    }

    private static Report.Verdict machine(List<ComparedRun> runs) {
        double worst = runs.stream()
                .mapToDouble(RegularizedFigure::representerError)
                .max()
                .orElseThrow();
        return new Report.Verdict(
                worst <= REPRESENTER_BAR,
                String.format(
                        Locale.ROOT,
                        "At the last step f is the kernel machine K (K + lambda kappa I)^-1 y of the final NTK, averaged over the last steps, to %.2g (root mean"
                                + " square, worst gamma0); the bar is %s.",
                        worst,
                        REPRESENTER_BAR));
    }

    /** Root mean square of {@code f - K (K + lambda kappa I)^-1 y} at the last step of the theory. */
    static double representerError(ComparedRun run) {
        double[] machine = kernelMachine(run.theory(), run.problem());
        double[] f = last(run.theory().f(), machine.length);
        double sum = 0;
        for (int mu = 0; mu < f.length; mu++) {
            sum += (f[mu] - machine[mu]) * (f[mu] - machine[mu]);
        }
        return Math.sqrt(sum / f.length);
    }

    private static double[] last(Tensor predictions, int points) {
        int q = predictions.size(1);
        int start = (predictions.size(0) - 1) * q;
        return java.util.Arrays.copyOfRange(predictions.data(), start, start + points);
    }

    /** {@code K (K + lambda kappa I)^-1 y = y - lambda kappa (K + lambda kappa I)^-1 y} on the training points. */
    static double[] kernelMachine(OrderParameters solved, Problem problem) {
        int points = problem.trainingPoints();
        Tensor ntk = restingKernel(solved, problem);
        double ridge =
                points * problem.training().weightDecay() * (problem.network().depth() + 1);
        double[][] matrix = new double[points][points];
        double[] targets = problem.dataset().targets().clone();
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                matrix[mu][al] = ntk.get(mu, al) + (mu == al ? ridge : 0);
            }
        }
        double[] dual = solve(matrix, targets.clone());
        return IntStream.range(0, points)
                .mapToDouble(mu -> targets[mu] - ridge * dual[mu])
                .toArray();
    }

    /**
     * NTK between all pairs of times of the window at the end, averaged. Training does not quite come to rest: some points
     * end up on the kink of most neurons, whose slopes go on switching. The weights are at rest on average, and follow the
     * mean gradient; a single step's NTK would count a switching slope with its own square.
     *
     * @return {@code (P,P)}
     */
    static Tensor restingKernel(OrderParameters solved, Problem problem) {
        int points = problem.trainingPoints();
        int recorded = solved.times().length;
        int window = Math.min(WINDOW, recorded);
        Tensor input = problem.inputKernel();
        Tensor features = solved.featureKernels().get(0);
        Tensor gradients = solved.gradientKernels().get(0);
        Tensor mean = Tensor.zeros(points, points);
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                double sum = 0;
                for (int t = recorded - window; t < recorded; t++) {
                    for (int s = recorded - window; s < recorded; s++) {
                        sum += features.get(t, mu, s, al) + gradients.get(t, mu, s, al) * input.get(mu, al);
                    }
                }
                mean.set(sum / window / window, mu, al);
            }
        }
        return mean;
    }

    /** Gauss elimination without pivoting, stable because the matrix is positive. */
    private static double[] solve(double[][] matrix, double[] right) {
        int n = right.length;
        for (int k = 0; k < n; k++) {
            for (int i = k + 1; i < n; i++) {
                double factor = matrix[i][k] / matrix[k][k];
                for (int j = k; j < n; j++) {
                    matrix[i][j] -= factor * matrix[k][j];
                }
                right[i] -= factor * right[k];
            }
        }
        for (int k = n - 1; k >= 0; k--) {
            for (int j = k + 1; j < n; j++) {
                right[k] -= matrix[k][j] * right[j];
            }
            right[k] /= matrix[k][k];
        }
        return right;
    }

    /** {@code A(Phi(t,t), y y^T)} at the recorded times. */
    static double[] targetAlignment(OrderParameters solved, Problem problem) {
        int points = problem.trainingPoints();
        double[] y = problem.dataset().targets();
        Tensor target = Tensor.zeros(points, points);
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                target.set(y[mu] * y[al], mu, al);
            }
        }
        Tensor features = solved.featureKernels().get(0);
        return IntStream.range(0, features.size(0))
                .mapToDouble(slot -> Alignment.of(Tensor.matrix(Kernels.at(features, slot, points)), target))
                .toArray();
    }

    private static Panel targetAlignment(List<ComparedRun> runs) {
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("$A(\\Phi(t,t),\\,y y^\\top)$"));
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            double[] times = java.util.Arrays.stream(run.theory().times())
                    .asDoubleStream()
                    .toArray();
            Ink ink = Ink.ordered(i, runs.size());
            panel.curve(
                    null,
                    ink,
                    LineStyle.SOLID,
                    times,
                    targetAlignment(run.networks().mean(), run.problem()));
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, times, targetAlignment(run.theory(), run.problem()));
        }
        return panel.title("Kernel-target alignment").build();
    }

    private static Panel representer(ComparedRun run) {
        double[] machine = kernelMachine(run.theory(), run.problem());
        double[] point =
                IntStream.rangeClosed(1, machine.length).asDoubleStream().toArray();
        return XyPanel.over(Axis.linear("Point $\\mu$"), Axis.linear("$f_\\mu$ at the last step"))
                .curve(
                        "network",
                        Ink.category(0),
                        LineStyle.SOLID,
                        point,
                        last(run.networks().mean().f(), machine.length))
                .curve(
                        "DMFT",
                        Ink.neutral(),
                        LineStyle.DASHED,
                        point,
                        last(run.theory().f(), machine.length))
                .curve("kernel machine", Ink.category(1), LineStyle.DOTTED, point, machine)
                .title("Representer theorem, " + run.label())
                .build();
    }

    private static String caption(Experiment experiment) {
        return String.format(
                Locale.ROOT,
                "L = 1 ReLU, lambda = P weightDecay = 1 as in the paper; data, eta = %s, T = %d, gamma0 and N = %d (%d seeds) are"
                        + " our choice. (a) Loss, networks solid, theory dashed. (b) Alignment of the feature kernel with"
                        + " the labels. (c) Predictions at the last step and those of the kernel machine of the theory's final"
                        + " NTK. (d) Feature kernels at the last step.",
                experiment.training().eta(),
                experiment.training().steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
