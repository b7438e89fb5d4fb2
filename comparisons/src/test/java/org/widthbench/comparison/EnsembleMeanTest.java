package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

class EnsembleMeanTest {
    private static final double[] MEMBERS = {0.1, 0.4, -0.2, 0.9};

    @Test
    void equalsTheSumOverMembersDividedByTheirNumber() {
        OrderParameters mean = mean();
        double[] loss = new double[2];
        double[] kernel = new double[16];
        for (double x : MEMBERS) {
            OrderParameters member = SmallResults.result(2, x);
            for (int i = 0; i < loss.length; i++) {
                loss[i] += member.loss()[i] / MEMBERS.length;
            }
            for (int i = 0; i < kernel.length; i++) {
                kernel[i] += member.gradientKernels().get(1).data()[i] / MEMBERS.length;
            }
        }
        assertThat(mean.loss()).containsExactly(loss, within(1e-14));
        assertThat(mean.gradientKernels().get(1).data()).containsExactly(kernel, within(1e-14));
    }

    @Test
    void poolsTheSamplesOfAllMembersPointByPoint() {
        Tensor pooled = mean().preactivations().get(0);
        assertThat(pooled.shape()).containsExactly(2, 2, 3 * MEMBERS.length);
        Tensor third = SmallResults.result(2, MEMBERS[2]).preactivations().get(0);
        assertThat(pooled.get(1, 0, 2 * 3 + 1)).isEqualTo(third.get(1, 0, 1));
    }

    @Test
    void leavesItsMembersAlone() {
        OrderParameters first = SmallResults.result(2, 0.1);
        EnsembleMean ensemble = new EnsembleMean();
        ensemble.add(first);
        ensemble.add(SmallResults.result(2, 0.7));
        assertThat(first.featureKernels()).isEqualTo(SmallResults.result(2, 0.1).featureKernels());
    }

    private static OrderParameters mean() {
        EnsembleMean ensemble = new EnsembleMean();
        for (double x : MEMBERS) {
            ensemble.add(SmallResults.result(2, x));
        }
        return ensemble.mean();
    }
}
