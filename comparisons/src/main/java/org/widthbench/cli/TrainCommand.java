package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Directions;
import org.widthbench.core.weights.Holding;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.training.Trained;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        header = "Train one network of finite width on the problem of a configuration.",
        description =
                "Writes DIR/network.npz, with the same arrays as solve's theory.npz, and DIR/summary.json. The same width"
                        + " and seed always give the same initial weights.",
        footer = {
            "  widthbench train examples/tanh.yaml --width 1000 --seed 0 --out network",
            "  widthbench train examples/tanh.yaml --width 100000 --weights conditioned --set training.record=[0,50,99] --out wide",
            "  widthbench compare theory/theory.npz network/network.npz"
        })
final class TrainCommand extends ExperimentCommand {

    @Option(names = "--width", required = true, paramLabel = "N", description = "Neurons per hidden layer.")
    private int width;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Which initial weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Mixin
    private EngineOption engine;

    @Mixin
    private ReplaceOption replace;

    @Override
    int run() {
        Experiment experiment = configuration.read();
        Networks.requireSettings(width, seed);
        OutputFolder.requireUsable(folder);
        Networks networks = engine.networks(device);
        Problem problem = experiment.problem(reporter());
        Holding holding = networks.holding(problem, width);
        Settings asked = Settings.of("train", experiment.toMap())
                .with("width", width)
                .with("seed", seed)
                .with("networks", networks.identity());
        Provenance begun = Provenance.begin(commandLine(), asked);
        Provenance provenance = begun.with(asked.withData(problem.dataset()));
        networks.precision().warning(problem, width).ifPresent(reporter()::say);
        Map<String, Object> details = new LinkedHashMap<>();
        Trained trained;
        double seconds;
        String format;
        try (networks;
                SharedFolder results =
                        new SharedFolder(folder, provenance.settings(), replace.force(), reporter()::say)) {
            results.begin();
            long started = System.nanoTime();
            trained = reporter()
                    .stage("network, N = " + width, progress -> networks.observe(problem, width, seed, progress));
            seconds = (System.nanoTime() - started) / 1e9;
            details.put("backend", networks.description());
            format = networks.formats(problem, width);
            details.put("precision", format);
            details.put("weights", holding.word());
            if (!trained.directions().isEmpty()) {
                details.put("directions", describe(trained.directions()));
            }
            details.put("width", width);
            details.put("seed", seed);
            results.publish(() -> ResultFiles.write(
                    folder, ResultKind.NETWORK, trained.results(), problem.dataset(), seconds, details, provenance));
        }
        print(
                "%s: final loss %.6g, trained in %.2f s, %s, %s weights%n",
                folder.resolve(ResultKind.NETWORK.file()),
                trained.results().finalLoss(),
                seconds,
                format,
                holding.word());
        if (!trained.directions().isEmpty()) {
            say(trained.directions());
        }
        return Main.OK;
    }

    private void say(List<Directions> matrices) {
        double left = matrices.stream()
                .mapToDouble(each -> Math.max(each.featuresLeft(), each.gradientsLeft()))
                .max()
                .getAsDouble();
        print(
                "directions of features %s and gradients %s per matrix, which leave at most %.1e of a mean square%n",
                join(matrices, Directions::features), join(matrices, Directions::gradients), left);
    }

    private static String join(List<Directions> matrices, ToIntFunction<Directions> count) {
        return matrices.stream()
                .map(each -> String.valueOf(count.applyAsInt(each)))
                .collect(Collectors.joining(", "));
    }

    /** One entry per matrix. */
    private static Map<String, Object> describe(List<Directions> matrices) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("features", matrices.stream().map(Directions::features).toList());
        map.put("gradients", matrices.stream().map(Directions::gradients).toList());
        map.put("leftFeatures", matrices.stream().map(Directions::featuresLeft).toList());
        map.put(
                "leftGradients",
                matrices.stream().map(Directions::gradientsLeft).toList());
        return map;
    }
}
