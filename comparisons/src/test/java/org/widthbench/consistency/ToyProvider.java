package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.widthbench.core.Network;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.training.family.ArchitectureProvider;
import org.widthbench.training.family.KernelSnapshot;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.family.TrainableNetwork;
import org.widthbench.training.stream.Samples;

/** The smallest architecture that is one: {@code f = w . V x / (gamma0 N sqrt(D))}, in plain loops. */
public final class ToyProvider implements ArchitectureProvider {
    @Override
    public String name() {
        return "toy";
    }

    @Override
    public boolean takesImages() {
        return false;
    }

    @Override
    public NetworkFamily family(Network layers, double gamma0, int[] sample, Backend backend) {
        return (width, seed) -> new Toy(width, seed, gamma0, sample[0]);
    }

    /** Parameters are V, neuron by neuron, then w. */
    private static final class Toy implements TrainableNetwork {
        private final int width;
        private final double gamma0;
        private final int inputs;
        private final double[] initial;
        private final double[] weights;

        Toy(int width, long seed, double gamma0, int inputs) {
            this.width = width;
            this.gamma0 = gamma0;
            this.inputs = inputs;
            Random random = new Random(31 * seed + width);
            initial = new double[width * (inputs + 1)];
            Arrays.setAll(initial, i -> random.nextGaussian());
            weights = initial.clone();
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public int depth() {
            return 1;
        }

        @Override
        public int parameterCount() {
            return weights.length;
        }

        @Override
        public double[] parameters() {
            return weights.clone();
        }

        @Override
        public void setParameters(double[] parameters) {
            System.arraycopy(parameters, 0, weights, 0, weights.length);
        }

        private double unit() {
            return gamma0 * gamma0 * width;
        }

        /** {@code V x / sqrt(D)}. */
        private double[] hidden(double[] from, Tensor x, int b) {
            double[] h = new double[width];
            for (int i = 0; i < width; i++) {
                for (int d = 0; d < inputs; d++) {
                    h[i] += from[i * inputs + d] * x.get(b, d) / Math.sqrt(inputs);
                }
            }
            return h;
        }

        private double readout(double[] w, double[] h) {
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += w[width * inputs + i] * h[i];
            }
            return sum / (gamma0 * width);
        }

        @Override
        public double[] predict(Tensor x) {
            double[] f = new double[x.size(0)];
            Arrays.setAll(f, b -> readout(weights, hidden(weights, x, b)) - readout(initial, hidden(initial, x, b)));
            return f;
        }

        /** Adds {@code factor} times the derivative of {@code v . h(u) / (gamma0 N)} with v = read-out and h = hidden of some weights. */
        private void addDerivative(double factor, double[] w, double[] h, Tensor x, int b, double[] to) {
            for (int i = 0; i < width; i++) {
                to[width * inputs + i] += factor * h[i] / (gamma0 * width);
                for (int d = 0; d < inputs; d++) {
                    to[i * inputs + d] +=
                            factor * w[width * inputs + i] * x.get(b, d) / (Math.sqrt(inputs) * gamma0 * width);
                }
            }
        }

        @Override
        public double[] gradient(Samples samples) {
            double[] f = predict(samples.inputs());
            double[] gradient = new double[weights.length];
            for (int b = 0; b < f.length; b++) {
                double factor = unit() * (f[b] - samples.targets()[b]) / f.length;
                addDerivative(factor, weights, hidden(weights, samples.inputs(), b), samples.inputs(), b, gradient);
            }
            return gradient;
        }

        @Override
        public double[] hessianTimes(Samples samples, double[] direction) {
            Tensor x = samples.inputs();
            double[] f = predict(x);
            double[] product = new double[weights.length];
            for (int b = 0; b < f.length; b++) {
                double[] h = hidden(weights, x, b);
                double[] moved = hidden(direction, x, b);
                double slope = readout(direction, h) + readout(weights, moved);
                addDerivative(unit() * slope / f.length, weights, h, x, b, product);
                addDerivative(unit() * (f[b] - samples.targets()[b]) / f.length, direction, moved, x, b, product);
            }
            return product;
        }

        @Override
        public double descend(Samples batch, double eta) {
            double loss = Decomposition.meanSquare(predict(batch.inputs()), batch.targets());
            double[] gradient = gradient(batch);
            for (int i = 0; i < weights.length; i++) {
                weights[i] -= eta * gradient[i];
            }
            return loss;
        }

        @Override
        public KernelSnapshot kernels(Tensor x) {
            int count = x.size(0);
            Tensor features = Tensor.zeros(count, count);
            Tensor gradients = Tensor.zeros(count, count);
            Tensor ntk = Tensor.zeros(count, count);
            for (int a = 0; a < count; a++) {
                double[] h = hidden(weights, x, a);
                for (int b = 0; b < count; b++) {
                    double[] other = hidden(weights, x, b);
                    double phi = 0;
                    double g = 0;
                    double below = 0;
                    for (int i = 0; i < width; i++) {
                        phi += h[i] * other[i] / width;
                        g += Math.pow(weights[width * inputs + i], 2) / width;
                    }
                    for (int d = 0; d < inputs; d++) {
                        below += x.get(a, d) * x.get(b, d) / inputs;
                    }
                    features.set(phi, a, b);
                    gradients.set(g, a, b);
                    ntk.set(phi + g * below, a, b);
                }
            }
            return new KernelSnapshot(List.of(features), List.of(gradients), ntk);
        }

        @Override
        public List<double[]> preactivations(Tensor x) {
            List<double[]> all = new ArrayList<>();
            for (int b = 0; b < x.size(0); b++) {
                all.add(hidden(weights, x, b));
            }
            return List.of(all.stream().flatMapToDouble(Arrays::stream).toArray());
        }

        @Override
        public void close() {
            // Holds nothing but arrays.
        }
    }
}
