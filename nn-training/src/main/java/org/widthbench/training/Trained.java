package org.widthbench.training;

import java.util.List;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.weights.Directions;

/**
 * A network that was trained.
 *
 * @param results what was measured of it
 * @param directions of every matrix that was never drawn, in the order of the layers
 */
public record Trained(OrderParameters results, List<Directions> directions) {

    /** Copies the list. */
    public Trained {
        directions = List.copyOf(directions);
    }
}
