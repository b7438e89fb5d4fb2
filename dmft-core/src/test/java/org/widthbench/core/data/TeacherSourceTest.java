package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;

class TeacherSourceTest {
    @Test
    void aLongerStreamBeginsWithAShorterOneAndSharesItsTestPoints() {
        Dataset few = new TeacherSource(4, 7, 3, 1, 5).load();
        Dataset many = new TeacherSource(4, 20, 3, 1, 5).load();
        for (int d = 0; d < 4; d++) {
            for (int mu = 0; mu < 7; mu++) {
                assertThat(few.inputs().get(d, mu)).isEqualTo(many.inputs().get(d, mu));
                assertThat(few.targets()[mu]).isEqualTo(many.targets()[mu]);
            }
            for (int mu = 0; mu < 3; mu++) {
                assertThat(few.inputs().get(d, 7 + mu)).isEqualTo(many.inputs().get(d, 20 + mu));
            }
        }
    }

    /** In one dimension the hyperplane is the origin. */
    @Test
    void labelsAreSidesOfAHyperplane() {
        Dataset data = new TeacherSource(1, 200, 50, 1, 2).load();
        double side = data.targets()[0] * Math.signum(data.inputs().get(0, 0));
        for (int mu = 0; mu < 200; mu++) {
            assertThat(data.targets()[mu])
                    .isEqualTo(side * Math.signum(data.inputs().get(0, mu)));
        }
        double[] tests = new TeacherSource(1, 200, 50, 1, 2).testTargets();
        for (int mu = 0; mu < 50; mu++) {
            assertThat(tests[mu]).isEqualTo(side * Math.signum(data.inputs().get(0, 200 + mu)));
        }
    }

    @Test
    void everyPointBelongsToOneOfTheClasses() {
        Dataset data = new TeacherSource(6, 300, 0, 3, 1).load();
        int[] members = new int[3];
        for (int mu = 0; mu < 300; mu++) {
            int own = -1;
            for (int c = 0; c < 3; c++) {
                double y = data.targets()[mu * 3 + c];
                assertThat(y).isIn(0.0, 1.0);
                own = y == 1 ? c : own;
            }
            members[own]++;
        }
        assertThat(data.outputs()).isEqualTo(3);
        assertThat(data.trainingPoints()).isEqualTo(300);
        // A direction may be longer than another, so classes differ in size; none is empty.
        for (int n : members) {
            assertThat(n).isGreaterThan(20);
        }
    }

    @Test
    void badSizesNameTheirKey() {
        assertThatThrownBy(() -> new TeacherSource(0, 3, 0, 1, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data.dimension");
        assertThatThrownBy(() -> new TeacherSource(2, 3, 0, 0, 0)).hasMessageContaining("data.outputs");
        assertThatThrownBy(() -> new TeacherSource(2, 3, -1, 1, 0)).hasMessageContaining("data.testPoints");
    }
}
