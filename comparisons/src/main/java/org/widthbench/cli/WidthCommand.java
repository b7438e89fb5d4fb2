package org.widthbench.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.training.WidthTheory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "width",
        header = "Say from theory alone which width is wide enough.",
        description = {
            "Trains no ensemble: theory gives, to leading order in 1/N, how far networks of width N lie from the limit and how they"
                    + " scatter over seeds. Answers which N meets a demand, and what fails first; or, with --at, what to expect of a"
                    + " width.",
            "Demands: --alignment of every layer's kernels with the theory, --loss and --predictions as shares: the root mean"
                    + " square distance of the loss from its limit over the initial loss, of predictions over the labels' size, both at"
                    + " the worst time."
        },
        footer = {
            "  widthbench width examples/tanh.yaml --alignment 0.99",
            "  widthbench width examples/tanh.yaml --loss 1%% --predictions 5%%",
            "  widthbench width examples/tanh.yaml --at 256 --json"
        })
final class WidthCommand extends ExperimentCommand {
    @Option(names = "--alignment", paramLabel = "A", description = "Least alignment of Phi and G in every layer.")
    private Double alignment;

    @Option(names = "--loss", paramLabel = "SHARE", description = "Largest distance of the loss, such as 1%% or 0.01.")
    private String loss;

    @Option(names = "--predictions", paramLabel = "SHARE", description = "Largest scatter of predictions, likewise.")
    private String predictions;

    @Option(names = "--at", paramLabel = "N", description = "What to expect of this width instead.")
    private Integer at;

    @Mixin
    private DrawsOption draws;

    @Option(names = "--json", description = "Print JSON in place of text.")
    private boolean json;

    /** What a demand asks for, and where it is hardest to meet. */
    private record Need(String demand, double width, double error, String where) {}

    @Override
    int run() {
        InvalidInputException.require(
                at != null || alignment != null || loss != null || predictions != null,
                "--alignment",
                "missing",
                "at least one of --alignment, --loss, --predictions, --at");
        InvalidInputException.require(at == null || at >= 1, "--at", at, "a whole number >= 1");
        InvalidInputException.require(
                alignment == null || (alignment > 0 && alignment < 1), "--alignment", alignment, "a number in (0, 1)");
        double lossShare = share("--loss", loss);
        double predictionShare = share("--predictions", predictions);
        draws.check();
        Experiment experiment = configuration.read();
        Problem problem = experiment.problem();
        try (Backend backend = device.open()) {
            WidthTheory theory = draws.theory(experiment, problem, backend, reporter());
            Map<String, Object> answer = new LinkedHashMap<>();
            if (at != null) {
                expect(theory, problem, answer);
            }
            List<Need> needs = needs(theory, problem, lossShare, predictionShare);
            if (!needs.isEmpty()) {
                answer(needs, answer);
            }
            if (json) {
                answer.put("draws", draws.draws());
                answer.put("samples", theory.settings().samples());
                out().print(Json.text(answer));
            }
        }
        return Main.OK;
    }

    private static double share(String option, String text) {
        if (text == null) {
            return Double.NaN;
        }
        boolean percent = text.endsWith("%");
        double share;
        try {
            share = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text) / (percent ? 100 : 1);
        } catch (NumberFormatException e) {
            share = Double.NaN;
        }
        InvalidInputException.require(share > 0 && share < 1, option, text, "a share such as 1% or 0.01");
        return share;
    }

    private List<Need> needs(WidthTheory theory, Problem problem, double lossShare, double predictionShare) {
        List<Need> needs = new ArrayList<>();
        if (alignment != null) {
            Need features = ofKernels("Phi", theory.misalignmentFeatures());
            Need gradients = ofKernels("G", theory.misalignmentGradients());
            needs.add(features.width >= gradients.width ? features : gradients);
        }
        if (loss != null) {
            needs.add(ofTimes("loss " + loss, theory.lossStd(), theory.lossBias(), lossShare * problem.initialLoss()));
        }
        if (predictions != null) {
            needs.add(ofTimes(
                    "predictions " + predictions, theory.predictionStd(), null, predictionShare * labels(problem)));
        }
        return needs;
    }

    private Need ofKernels(String kernel, WidthTheory.Estimate misalignment) {
        int worst = 0;
        for (int l = 1; l < misalignment.value().length; l++) {
            worst = misalignment.value()[l] > misalignment.value()[worst] ? l : worst;
        }
        double miss = 1 - alignment;
        return new Need(
                "alignment " + alignment,
                misalignment.value()[worst] / miss,
                misalignment.error()[worst] / miss,
                kernel + "_" + (worst + 1));
    }

    /** {@code std^2/N + bias^2/N^2 = share^2} at the time that needs the largest N. */
    private static Need ofTimes(String demand, WidthTheory.Estimate deviation, WidthTheory.Estimate bias, double most) {
        Need need = new Need(demand, 0, 0, "");
        for (int t = 0; t < deviation.value().length; t++) {
            double variance = Math.pow(deviation.value()[t] / most, 2);
            double shift = bias == null ? 0 : bias.value()[t] / most;
            double width = (variance + Math.sqrt(variance * variance + 4 * shift * shift)) / 2;
            if (width > need.width) {
                double ofVariance = 2 * deviation.value()[t] * deviation.error()[t] / (most * most);
                double ofShift = bias == null ? 0 : bias.error()[t] / most;
                need = new Need(demand, width, Math.hypot(ofVariance, ofShift), "step " + t);
            }
        }
        return need;
    }

    private static double labels(Problem problem) {
        double square = 0;
        for (double y : problem.dataset().targets()) {
            square += y * y / problem.dataset().targets().length;
        }
        return Math.sqrt(square);
    }

    private void answer(List<Need> needs, Map<String, Object> answer) {
        Need first = needs.stream().max(Comparator.comparingDouble(Need::width)).orElseThrow();
        answer.put("width", Math.ceil(first.width));
        answer.put("error", first.error);
        answer.put("because", first.demand + " in " + first.where);
        List<Object> all = new ArrayList<>();
        for (Need need : needs) {
            all.add(Map.of("demand", need.demand, "width", need.width, "error", need.error, "where", need.where));
        }
        answer.put("demands", all);
        if (!json) {
            print(
                    "N = %.0f +- %.0f is wide enough: %s is the last to hold, in %s%n",
                    Math.ceil(first.width), first.error, first.demand, first.where);
            for (Need need : needs) {
                print("  %-20s N = %.0f +- %.0f (%s)%n", need.demand, Math.ceil(need.width), need.error, need.where);
            }
        }
    }

    private void expect(WidthTheory theory, Problem problem, Map<String, Object> answer) {
        Map<String, Object> alignments = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        for (int l = 0; l < theory.misalignmentFeatures().value().length; l++) {
            double phi = 1 - theory.misalignmentFeatures().value()[l] / at;
            double g = 1 - theory.misalignmentGradients().value()[l] / at;
            alignments.put("Phi_" + (l + 1), phi);
            alignments.put("G_" + (l + 1), g);
            text.append(String.format(Locale.ROOT, "  layer %d   A(Phi) %.4f   A(G) %.4f%n", l + 1, phi, g));
        }
        int worst = 0;
        for (int t = 1; t < theory.lossStd().value().length; t++) {
            worst = theory.lossStd().value()[t] > theory.lossStd().value()[worst] ? t : worst;
        }
        double initial = problem.initialLoss();
        double spread = theory.lossStd().value()[worst] / Math.sqrt(at) / initial;
        double bias = theory.lossBias().value()[worst] / at / initial;
        answer.put("at", at);
        answer.put("alignment", alignments);
        answer.put("lossSpread", spread);
        answer.put("lossBias", bias);
        answer.put("step", worst);
        if (!json) {
            print(
                    "at N = %d expect, to leading order in 1/N:%n%s  loss at step %d, where it scatters most, over the initial one:"
                            + " +- %.2f%% between seeds, bias %+.2f%%%n",
                    at, text, worst, 100 * spread, 100 * bias);
        }
    }
}
