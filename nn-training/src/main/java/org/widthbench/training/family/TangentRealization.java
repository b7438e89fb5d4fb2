package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.FieldSpace;
import org.widthbench.core.weights.Neurons;
import org.widthbench.core.weights.ReadOut;
import org.widthbench.core.weights.Realization;
import org.widthbench.core.weights.Weights;

/**
 * One network, whose fields may carry how they change as the weights move along a direction V: Pearlmutter's R-operator (Neural
 * Computation 6, 1994; {@code docs/theory.md} section 7), forward-mode differentiation of a program, exact to rounding. With {@code R = d/de} at {@code W + e V}
 * as the companion of every field:
 *
 * <pre>
 * R(W x) = V x + W R x            R phi(h) = phi' R h         R phi'(h) = phi'' R h
 * R(W^T y) = V^T y + W^T R y      R(phi' z) = R phi' z + phi' R z
 * </pre>
 *
 * What a program gathers is summed up in its {@link Parameters}. A product with the Hessian costs about twice a gradient.
 */
final class TangentRealization implements Realization {
    private final Parameters parameters;
    private final Backend backend;
    private final int width;
    private final boolean moving;
    private final List<Runnable> kept = new ArrayList<>();
    private final List<Linear> linears = new ArrayList<>();
    /** {@code phi''(h)} of every layer, in the order of a forward pass. */
    private final List<Matrix> curvatures = new ArrayList<>();

    private int activated;
    private Top top;
    /** Whether fields, but not their companions, are what the last passes left. */
    private boolean held;
    /** Whether what is gathered is the change of the gradient with the fields, instead of the gradient. */
    private boolean tangent;

    /** @param moving whether fields have companions */
    TangentRealization(Parameters parameters, Backend backend, int width, boolean moving) {
        this.parameters = parameters;
        this.backend = backend;
        this.width = width;
        this.moving = moving;
    }

    /** To be told before every forward pass. */
    void setHeld(boolean holds) {
        held = holds;
        activated = 0;
    }

    void setTangent(boolean gathersTangent) {
        tangent = gathersTangent;
    }

    /** R of the last outputs, times gamma0. */
    double[] movedOutputs() {
        return top.moved;
    }

    /** Matrices of the layers and biases. */
    List<Linear> linears() {
        return linears;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public int networks() {
        return 1;
    }

    @Override
    public Neurons neurons(Activation activation) {
        return new Bending(activation);
    }

    @Override
    public Field field(int rows, int columns) {
        return new Field(matrix(rows, columns), moving ? matrix(rows, columns) : null);
    }

    private Matrix matrix(int rows, int columns) {
        Matrix matrix = backend.allocate(1, rows, columns);
        kept.add(matrix::close);
        return matrix;
    }

    @Override
    public Weights weights(int layer, Neurons from, int inputs, Neurons to, Images images) {
        int fan = images.taps() * inputs;
        Linear linear = new Linear(parameters.part(layer, to.count(), fan), from != null);
        linears.add(linear);
        Weights weights = images.taps() == 1 ? linear : Weights.onPatches(backend, images, linear);
        kept.add(weights::close);
        return weights;
    }

    @Override
    public ReadOut readOut(int layer, Neurons from, int outputs) {
        top = new Top(parameters.part(layer, outputs, from.count()));
        kept.add(top::close);
        return top;
    }

    @Override
    public FieldSpace space(Neurons neurons) {
        return Coordinates::of;
    }

    @Override
    public void close() {
        kept.forEach(Runnable::run);
        curvatures.forEach(Matrix::close);
    }

    /** {@code gradient += factor op(driven) x}, with rows of {@code field} times the drive. */
    private void accumulate(double factor, Matrix driven, boolean transpose, Matrix x, Parameters.Part part) {
        backend.gemm(factor, driven, transpose, x, false, 1, part.gradient());
    }

    /** What connects two layers. */
    final class Linear implements Weights {
        private final Parameters.Part part;
        private final boolean movedBelow;
        private final double unit;
        private double factor;
        private Field x;
        private Field y;
        private Matrix driven;

        /** @param movedBelow whether what it reads moves with the weights */
        private Linear(Parameters.Part part, boolean movedBelow) {
            this.part = part;
            this.movedBelow = movedBelow;
            this.unit = 1 / Math.sqrt(part.weights().columns());
        }

        @Override
        public void forward(Field features, double scale, double keep, Field target) {
            x = features;
            factor = scale;
            double by = scale * unit;
            if (!held || keep != 0) {
                backend.gemm(by, x.value(), false, part.weights(), true, keep, target.value());
            }
            if (moving) {
                backend.gemm(by, x.value(), false, part.direction(), true, keep, target.free());
                if (movedBelow) {
                    backend.gemm(by, x.free(), false, part.weights(), true, 1, target.free());
                }
            }
        }

        @Override
        public void backward(Field gradients, double scale, double keep, Field target) {
            y = gradients;
            if (target == null) {
                return;
            }
            double by = scale * unit;
            if (!held || keep != 0) {
                backend.gemm(by, y.value(), false, part.weights(), false, keep, target.value());
            }
            if (moving) {
                backend.gemm(by, y.value(), false, part.direction(), false, keep, target.free());
                backend.gemm(by, y.free(), false, part.weights(), false, 1, target.free());
            }
        }

        /** {@inheritDoc} Every x has one y. */
        @Override
        public void gather(int[] rows, double[] drive) {
            accumulate(unit, driven(drive, tangent ? y.free() : y.value()), true, x.value(), part);
            if (tangent && movedBelow) {
                accumulate(unit, driven(drive, y.value()), true, x.free(), part);
            }
        }

        private Matrix driven(double[] drive, Matrix field) {
            if (driven == null || driven.rows() != field.rows()) {
                close();
                driven = backend.allocateUnset(1, field.rows(), field.columns());
            }
            backend.scaleRows(drive, field, driven);
            return driven;
        }

        @Override
        public void learn(int[] rows, double[] drive, double rate) {
            throw new UnsupportedOperationException("the network steps by itself");
        }

        /** The factor of the last forward pass. */
        double factor() {
            return factor;
        }

        @Override
        public Coordinates features() {
            return Coordinates.of(x.value());
        }

        @Override
        public Coordinates gradients() {
            return Coordinates.of(y.value());
        }

        @Override
        public void close() {
            if (driven != null) {
                driven.close();
            }
        }
    }

    /** The read-out. */
    private final class Top implements ReadOut {
        private final Parameters.Part part;
        private Field phi;
        private double[] moved = {};
        private Matrix drive;

        private Top(Parameters.Part part) {
            this.part = part;
        }

        @Override
        public double[] outputs(Field features) {
            phi = features;
            if (moving) {
                moved = outputs(phi.value(), part.direction());
                double[] carried = outputs(phi.free(), part.weights());
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += carried[i];
                }
            }
            return outputs(phi.value(), part.weights());
        }

        private double[] outputs(Matrix features, Matrix w) {
            return backend.kernelBlock(1.0 / width, features, w);
        }

        @Override
        public void pullBack(double scale, int[] outputs, Field z) {
            pullBack(scale, outputs, part.weights(), z.value());
            if (moving) {
                pullBack(scale, outputs, part.direction(), z.free());
            }
        }

        private void pullBack(double scale, int[] outputs, Matrix w, Matrix z) {
            backend.gatherRows(w, outputs, z);
            if (scale != 1) {
                backend.add(0, z, scale, z);
            }
        }

        @Override
        public void gather(double[] driving) {
            if (drive == null || drive.columns() != phi.count()) {
                close();
                drive = backend.allocateUnset(1, part.weights().rows(), phi.count());
            }
            backend.upload(driving, drive);
            accumulate(1, drive, false, tangent ? phi.free() : phi.value(), part);
        }

        @Override
        public void learn(double[] driving, double rate) {
            throw new UnsupportedOperationException("the network steps by itself");
        }

        @Override
        public Map<String, Matrix> state() {
            return Collections.emptyMap();
        }

        @Override
        public void close() {
            if (drive != null) {
                drive.close();
            }
        }
    }

    /** Neurons that know the curvature of what they do. */
    private final class Bending extends Neurons {
        private final Activation activation;

        private Bending(Activation activation) {
            super(TangentRealization.this.backend, width, activation);
            this.activation = activation;
        }

        @Override
        public void activate(Field h, Field phi, Field slope, boolean freeMoved) {
            if (!held) {
                super.activate(Field.of(h.value()), phi, slope, freeMoved);
            }
            if (moving) {
                Matrix curvature = curvature(h.value());
                backend.multiply(1, slope.value(), h.free(), 0, phi.free());
                backend.multiply(1, curvature, h.free(), 0, slope.free());
            }
        }

        /** {@code phi''(h)} of the next layer of a forward pass. */
        private Matrix curvature(Matrix h) {
            int layer = activated++;
            if (held) {
                return curvatures.get(layer);
            }
            double[] values = new double[Math.toIntExact(h.entries())];
            backend.download(h, values);
            for (int i = 0; i < values.length; i++) {
                values[i] = activation.curvature(values[i]);
            }
            if (layer == curvatures.size()) {
                curvatures.add(null);
            }
            Matrix known = curvatures.get(layer);
            if (known == null || known.rows() != h.rows()) {
                if (known != null) {
                    known.close();
                }
                known = backend.allocateUnset(1, h.rows(), h.columns());
                curvatures.set(layer, known);
            }
            backend.upload(values, known);
            return known;
        }

        @Override
        public void pullBack(double scale, Field slope, Field z, double keep, Field g) {
            if (!held || keep != 0) {
                super.pullBack(scale, slope, z, keep, Field.of(g.value()));
            }
            if (moving) {
                backend.multiply(scale, slope.free(), z.value(), keep, g.free());
                backend.multiply(scale, slope.value(), z.free(), 1, g.free());
            }
        }
    }
}
