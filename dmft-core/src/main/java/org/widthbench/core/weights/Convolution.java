package org.widthbench.core.weights;

import java.util.Map;
import java.util.Optional;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;

/**
 * A convolution as weights that act on patches: {@code W (M, k^2 C)}, columns by row offset, column offset and channel, the last
 * fastest. The fields have a row per image and pixel.
 */
final class Convolution implements Weights {
    private final Backend backend;
    private final Images images;
    private final Weights weights;
    /** Of the fields, and gradients of them; null before the first query. */
    private Field patches;

    private Field pulled;

    /** @param weights of {@code k^2 C} inputs; closed with this */
    Convolution(Backend backend, Images images, Weights weights) {
        this.backend = backend;
        this.images = images;
        this.weights = weights;
    }

    @Override
    public void forward(Field x, double scale, double keep, Field target) {
        patches = ofPatches(patches, x);
        x.with(patches, (field, all) -> backend.patches(images, field, all));
        weights.forward(patches, scale, keep, target);
    }

    @Override
    public boolean freeMoved() {
        return weights.freeMoved();
    }

    @Override
    public void backward(Field y, double scale, double keep, Field target) {
        if (target == null) {
            weights.backward(y, scale, keep, null);
            return;
        }
        pulled = ofPatches(pulled, target);
        weights.backward(y, scale, 0, pulled);
        pulled.with(target, (all, field) -> backend.overlay(images, all, keep, field));
    }

    /** A field of patches of another one: the known one if it has the size. */
    private Field ofPatches(Field known, Field field) {
        if (known != null && known.count() == field.count()) {
            return known;
        }
        free(known);
        return new Field(ofPatches(field.value()), field.free() == null ? null : ofPatches(field.free()));
    }

    private Matrix ofPatches(Matrix field) {
        return backend.allocate(field.batch(), field.rows(), images.taps() * field.columns());
    }

    private static void free(Field field) {
        if (field != null) {
            field.value().close();
            if (field.free() != null) {
                field.free().close();
            }
        }
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        weights.gather(rows, drive);
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        weights.learn(rows, drive, rate);
    }

    /** Those of the last patches. */
    @Override
    public Coordinates features() {
        return weights.features();
    }

    @Override
    public Coordinates gradients() {
        return weights.gradients();
    }

    @Override
    public Optional<Directions> directions() {
        return weights.directions();
    }

    @Override
    public Coordinates outer(int first, int count) {
        return weights.outer(first, count);
    }

    @Override
    public Map<String, Matrix> state() {
        return weights.state();
    }

    @Override
    public void close() {
        weights.close();
        free(patches);
        free(pulled);
    }
}
