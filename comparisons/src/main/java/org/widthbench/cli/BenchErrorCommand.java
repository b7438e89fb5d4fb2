package org.widthbench.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.widthbench.bench.SamplingStudy;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.experiment.DataSection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "error",
        header = "Measure how the causal solver's sampling error falls with S.",
        description =
                "Solves one problem (L=3, gamma0=1, eta=0.3, T=16) with several seeds at every S and prints the spread over the"
                        + " seeds of the loss and, relative, of the kernels Phi_1, Phi_L and G_1, with the fitted exponent"
                        + " in S and the geometric mean of the ratios to plain Monte Carlo. Variants: no leading noise rows, 4, 12"
                        + " or 24 rows of Sobol points under a digital shift, 12 rows of Owen scrambled ones; each with kernels as"
                        + " sampled or, marked 'exact', exact at time 0.",
        footer = {
            "  widthbench bench error",
            "  widthbench bench error --activation relu --samples 256,512,1024,2048,4096 --seeds 24",
            "  widthbench bench error --points 24 --samples 512,1024,2048",
            "  widthbench bench error --data cifar10:cifar"
        })
final class BenchErrorCommand extends Benchmark {
    private static final double SLOPE = 0.8;
    private static final int POINTS = 6;
    private static final int DEPTH = 3;
    private static final double ETA = 0.3;
    private static final int STEPS = 16;
    /** Plain Monte Carlo, which the others are compared with. */
    private static final String BASELINE = "none";

    private static final List<String> FIGURES = List.of("loss", "Phi_1", "Phi_L", "G_1");

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description = "linear, relu, tanh, erf or softplus (default ${DEFAULT-VALUE}).")
    private String activation = "tanh";

    @Option(
            names = "--data",
            paramLabel = "SOURCE",
            description = "gaussian, cifar10:DIR, mnist:DIR or npz:FILE (default: gaussian points, D=25).")
    private String data;

    @Option(
            names = "--points",
            paramLabel = "P",
            description = "Number of gaussian points; not with --data (default: 6).")
    private Integer points;

    @Option(
            names = "--samples",
            paramLabel = "S",
            split = ",",
            description = "Three or more ascending numbers of samples (default: 256,512,1024,2048).")
    private int[] samples = {256, 512, 1024, 2048};

    @Option(names = "--seeds", paramLabel = "K", description = "Seeds at every S (default ${DEFAULT-VALUE}).")
    private int seeds = 8;

    @Override
    void requireOptions() {
        InvalidInputException.require(
                canBeFitted(samples, 2),
                "--samples",
                Arrays.toString(samples),
                "three or more ascending whole numbers >= 2");
        InvalidInputException.require(
                points == null || (data == null && points >= 2),
                "--points",
                points,
                "a whole number >= 2, and no --data");
        requireCount("--seeds", seeds, 2);
    }

    @Override
    int measure(Backend backend) {
        DataSource source =
                data == null ? new GaussianSource(25, points == null ? POINTS : points, 0) : DataSection.parse(data);
        Problem problem = new Problem(
                source.load(), Network.mlp(DEPTH, Activation.of(activation, SLOPE)), Training.descent(1, ETA, STEPS));
        row("variant", "S", FIGURES);
        Map<String, Map<Integer, double[]>> measured = new LinkedHashMap<>();
        SamplingStudy.run(problem, variants(), samples, seeds, backend, (name, spread) -> {
            row(name, String.valueOf(spread.samples()), texts("%.2e", spread.figures()));
            Map<Integer, double[]> bySamples = measured.computeIfAbsent(name, ignored -> new TreeMap<>());
            bySamples.put(spread.samples(), spread.figures());
            if (bySamples.size() == samples.length) {
                row(name, "S^", exponents(bySamples));
                row(name, "x none", texts("%.2f", ratios(bySamples, measured.get(BASELINE))));
            }
        });
        return Main.OK;
    }

    private static Map<String, CausalSolver> variants() {
        CausalSolver plain = new CausalSolver(CausalSolver.DEFAULT_SAMPLES, 0).withExactStart(false);
        Map<String, CausalSolver> variants = new LinkedHashMap<>();
        variants.put(BASELINE, plain.withLeadingRows(0, CausalSolver.Scrambling.SHIFT));
        variants.put("shift 12", plain.withLeadingRows(12, CausalSolver.Scrambling.SHIFT));
        variants.put("owen 12", plain.withLeadingRows(12, CausalSolver.Scrambling.OWEN));
        CausalSolver exact = plain.withExactStart(true);
        variants.put("exact, none", exact.withLeadingRows(0, CausalSolver.Scrambling.SHIFT));
        for (int rows : new int[] {4, 12, 24}) {
            variants.put("exact, shift " + rows, exact.withLeadingRows(rows, CausalSolver.Scrambling.SHIFT));
        }
        variants.put("exact, owen 12", exact.withLeadingRows(12, CausalSolver.Scrambling.OWEN));
        return variants;
    }

    /** Geometric means over S of one variant's figures against another's. */
    private static double[] ratios(Map<Integer, double[]> of, Map<Integer, double[]> against) {
        double[] logarithms = new double[FIGURES.size()];
        of.forEach((size, figures) -> {
            for (int i = 0; i < figures.length; i++) {
                logarithms[i] += Math.log(figures[i] / against.get(size)[i]) / of.size();
            }
        });
        return Arrays.stream(logarithms).map(Math::exp).toArray();
    }

    private void row(String name, String size, List<String> cells) {
        print("%-16s%7s%16s%16s%16s%16s%n", name, size, cells.get(0), cells.get(1), cells.get(2), cells.get(3));
    }

    private static List<String> texts(String format, double... figures) {
        return Arrays.stream(figures)
                .mapToObj(figure -> String.format(Locale.ROOT, format, figure))
                .toList();
    }

    private static List<String> exponents(Map<Integer, double[]> bySamples) {
        double[] x =
                bySamples.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
        return IntStream.range(0, FIGURES.size())
                .mapToObj(figure -> bySamples.values().stream()
                        .mapToDouble(row -> row[figure])
                        .toArray())
                .map(values -> PowerLaw.fit(x, values).text())
                .toList();
    }
}
