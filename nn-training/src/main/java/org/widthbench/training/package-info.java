/**
 * Networks of finite width N, trained step by step with every field recorded.
 *
 * <p>A {@link org.widthbench.training.NetworkTrainer} takes the same {@link org.widthbench.core.problem.Problem} as a solver of the
 * infinite-width theory and gives back the same {@link org.widthbench.core.problem.OrderParameters}. It runs the architecture's program
 * on a {@link org.widthbench.core.backend.Backend}, so every field is at hand and no automatic differentiation is in the way.
 *
 * <p><b>Processors.</b> One network uses all cores; several may train at the same time, each on a backend of its own. Run the JVM with
 * {@code OMP_WAIT_POLICY=passive}: ND4J's OpenMP threads otherwise spin between calls. Fields, weights and histories lie outside the
 * Java heap, at most {@code -Dorg.bytedeco.javacpp.maxbytes} of them (default: as much as {@code -Xmx}).
 *
 * <p><b>NVIDIA GPUs.</b> {@code mvn -Pcuda package} adds {@code nd4j-cuda-11.6}; ND4J then picks the GPU by itself where
 * CUDA 11.6 knows it (compute capability 3.7 to 8.6: Kepler to Ampere, not Hopper) and the CPU where not. The arrays' contents cross
 * the bus for the activations. This path compiles and resolves; it has not been run on a GPU.
 */
package org.widthbench.training;
