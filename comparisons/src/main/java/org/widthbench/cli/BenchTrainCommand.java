package org.widthbench.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.experiment.Networks;
import org.widthbench.training.TrainingBenchmark;
import org.widthbench.training.nd4j.Nd4jBackend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        header = "Time the networks against memory and engine against engine.",
        description =
                "Trains one fully connected network of the default problem (L=3, P=10, T=100, float32) and prints its time"
                        + " beside what its weights take to cross memory at the bandwidth of a copy; then times one step of"
                        + " a convolutional network (three 3 x 3 layers). Each engine has a line: the CPU backend, and ND4J,"
                        + " whose convolutions are oneDNN's, in turns.",
        footer = "  widthbench bench train --width 2000 --channels 64 --size 32 --batch 32")
final class BenchTrainCommand extends Subcommand {
    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Neurons per layer of the fully connected network (default ${DEFAULT-VALUE}).")
    private int width = 2000;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "Channels per layer of the CNN (default ${DEFAULT-VALUE}).")
    private int channels = 32;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Height and width of its images (default ${DEFAULT-VALUE}).")
    private int size = 16;

    @Option(names = "--batch", paramLabel = "B", description = "Images per step (default ${DEFAULT-VALUE}).")
    private int batch = 32;

    @Override
    public Integer call() {
        requireCount("--width", width, 1);
        requireCount("--channels", channels, 1);
        requireCount("--size", size, 1);
        requireCount("--batch", batch, 1);
        Map<String, Supplier<Backend>> engines = new LinkedHashMap<>();
        engines.put("the CPU backend", () -> new CpuBackend(FieldPrecision.FLOAT32));
        if (Networks.haveNd4j()) {
            engines.put("ND4J", () -> new Nd4jBackend(FieldPrecision.FLOAT32));
        }
        TrainingBenchmark.mlp(width, engines).forEach(result -> print("%s%n", result));
        TrainingBenchmark.cnnStep(channels, size, batch, engines).forEach(result -> print("%s%n", result));
        return Main.OK;
    }
}
