package org.widthbench.reproduce;

import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;

/**
 * An experiment's images with the two classes alternating, in training and in test, as a file of images has them mixed: a
 * batch of neighbours then holds both.
 *
 * @param problem what is trained
 * @param testTargets labels of the test images, in the problem's order
 */
record ClassifiedImages(Problem problem, double[] testTargets) {

    /** @throws InvalidInputException if the source has no labelled test images */
    static ClassifiedImages of(Experiment experiment) {
        Problem sorted = experiment.problem();
        double[] labels = experiment.data().testTargets();
        InvalidInputException.require(
                labels.length > 0, "--data", "without labelled test images", "textures, cifar10:DIR or mnist:DIR");
        Tensor images = sorted.dataset().inputs();
        int trained = sorted.trainingPoints();
        int size = images.data().length / images.size(0);
        Tensor mixed = Tensor.zeros(images.shape());
        double[] targets = new double[trained];
        double[] tested = new double[labels.length];
        for (int i = 0; i < images.size(0); i++) {
            boolean test = i >= trained;
            int from = test ? trained + alternating(i - trained, labels.length) : alternating(i, trained);
            System.arraycopy(images.data(), from * size, mixed.data(), i * size, size);
            if (test) {
                tested[i - trained] = labels[from - trained];
            } else {
                targets[i] = sorted.dataset().targets()[from];
            }
        }
        return new ClassifiedImages(
                new Problem(new Dataset(mixed, targets), experiment.network(), experiment.training()), tested);
    }

    /** Place among {@code count} sorted images, half of each class, of the {@code i}-th of alternating ones. */
    private static int alternating(int i, int count) {
        return i % 2 * (count / 2) + i / 2;
    }
}
