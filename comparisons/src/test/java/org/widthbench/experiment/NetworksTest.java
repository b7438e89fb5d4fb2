package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.training.PrecisionChoice;

@Timeout(60)
class NetworksTest {
    private static final int NETWORKS = 6;

    private static Problem problem() {
        return new Problem(
                new GaussianSource(5, 4, 0).load(), Network.mlp(2, new Tanh(1)), Training.descent(1, 0.2, 6));
    }

    private static List<OrderParameters> trainAtOnce(Networks networks) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(NETWORKS);
        try {
            List<Future<OrderParameters>> futures = new ArrayList<>();
            for (int seed = 0; seed < NETWORKS; seed++) {
                int number = seed;
                futures.add(
                        threads.submit(() -> networks.train(problem(), 20 + 10 * (number % 2), number, Progress.NONE)));
            }
            List<OrderParameters> trained = new ArrayList<>();
            for (Future<OrderParameters> future : futures) {
                trained.add(future.get());
            }
            return trained;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void requireSameAsNd4j(List<OrderParameters> trained) {
        for (int seed = 0; seed < NETWORKS; seed++) {
            OrderParameters expected =
                    new Networks(PrecisionChoice.FLOAT64).train(problem(), 20 + 10 * (seed % 2), seed, Progress.NONE);
            assertThat(trained.get(seed).loss()).containsExactly(expected.loss(), within(1e-10));
            for (int l = 0; l < 2; l++) {
                assertThat(trained.get(seed).gradientKernels().get(l).data())
                        .containsExactly(expected.gradientKernels().get(l).data(), within(1e-10));
            }
        }
    }

    @Test
    void networksOfManyThreadsShareOneBackend() throws InterruptedException {
        try (Networks networks = Networks.on(format -> new CpuBackend(), PrecisionChoice.FLOAT64)) {
            requireSameAsNd4j(trainAtOnce(networks));
        }
    }

    /** The memory is exhausted once, in the middle of things. */
    @Test
    void aNetworkThatFindsNoMemoryBesideOthersTrainsAlone() throws InterruptedException {
        AtomicInteger allocations = new AtomicInteger();
        Backend cpu = new CpuBackend();
        Backend full = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("allocate") && allocations.incrementAndGet() == 40) {
                        throw new DeviceMemoryException("full");
                    }
                    try {
                        return method.invoke(cpu, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try (Networks networks = Networks.on(format -> full, PrecisionChoice.FLOAT64)) {
            requireSameAsNd4j(trainAtOnce(networks));
        }
        assertThat(allocations).hasValueGreaterThan(40);
    }
}
