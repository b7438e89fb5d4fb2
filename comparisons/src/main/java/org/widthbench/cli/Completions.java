package org.widthbench.cli;

import java.util.Iterator;
import java.util.List;
import org.widthbench.experiment.ExperimentReader;
import org.widthbench.reproduce.FigureCatalogue;
import org.widthbench.reproduce.ReproducibleFigure;

/** What shells offer after options and commands that take one of a few words. */
final class Completions {
    private Completions() {}

    static final class Styles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("paper", "talk", "dark").iterator();
        }
    }

    static final class Sizes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("single", "double").iterator();
        }
    }

    static final class Figures implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return FigureCatalogue.all().stream().map(ReproducibleFigure::name).iterator();
        }
    }

    static final class DataSets implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("cifar10", "mnist").iterator();
        }
    }

    static final class Devices implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("auto", "cpu", "cuda").iterator();
        }
    }

    static final class Keys implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ExperimentReader.paths().stream().map(path -> path + "=").iterator();
        }
    }
}
