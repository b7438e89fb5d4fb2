/**
 * Networks of finite width N, trained step by step with every field recorded.
 *
 * <p>A {@link org.widthbench.training.Trainer} takes the same {@link org.widthbench.core.problem.Problem} as a solver of the
 * infinite-width theory and gives back the same {@link org.widthbench.core.problem.OrderParameters}. Forward and backward passes
 * are written by hand on ND4J's products, so every field is at hand and no automatic differentiation is in the way;
 * activations are those of {@code dmft-core}, evaluated in float64 in Java.
 *
 * <p><b>Processors.</b> One network uses all cores ({@link org.widthbench.training.Panels}); several trainers may run at
 * the same time. Run the JVM with {@code OMP_WAIT_POLICY=passive}: ND4J's OpenMP threads otherwise spin between calls.
 * Fields, weights and histories lie outside the Java heap, at most {@code -Dorg.bytedeco.javacpp.maxbytes} of them
 * (default: as much as {@code -Xmx}).
 *
 * <p><b>NVIDIA GPUs.</b> {@code mvn -Pcuda package} adds {@code nd4j-cuda-11.6}; ND4J then picks the GPU by itself where
 * CUDA 11.6 knows it (compute capability 3.7 to 8.6: Kepler to Ampere, not Hopper) and the CPU where not. The Java code is
 * the same: one panel holds all neurons, and the arrays' contents cross the bus for the activations. This path compiles
 * and resolves; it has not been run on a GPU.
 */
package org.widthbench.training;
