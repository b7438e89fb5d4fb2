package org.widthbench.cli;

import org.widthbench.training.TrainingBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        header = "Time the networks against memory and against plain matrix products.",
        description =
                "Trains one fully connected network of the default problem (L=3, P=10, T=100, float32) and prints its time"
                        + " beside what its weights take to cross memory at the bandwidth of a copy; then times one step of"
                        + " a convolutional network (three 3 x 3 layers) through oneDNN beside the same step with patches"
                        + " multiplied by OpenBLAS.",
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
        print("%s%n", TrainingBenchmark.mlp(width));
        print("%s%n", TrainingBenchmark.cnnStep(channels, size, batch));
        return Main.OK;
    }
}
