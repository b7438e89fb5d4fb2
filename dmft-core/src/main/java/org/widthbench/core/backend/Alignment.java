package org.widthbench.core.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts sequences of operations side by side so that those of one kind fall into one group wherever the orders allow. One
 * sequence after the other is merged into the groups so far along a longest common subsequence of kinds.
 */
final class Alignment {
    private Alignment() {}

    /**
     * Groups of operations of one kind, at most one from each sequence; every sequence keeps its order.
     *
     * @param sequences each of {@code n} operations; {@code n^2} comparisons for every one after the first
     */
    static List<List<Operation>> of(List<List<Operation>> sequences) {
        List<List<Operation>> groups = new ArrayList<>();
        for (List<Operation> sequence : sequences) {
            groups = merge(groups, sequence);
        }
        return groups;
    }

    private static List<List<Operation>> merge(List<List<Operation>> groups, List<Operation> sequence) {
        int m = groups.size();
        int n = sequence.size();
        // Length of the longest common subsequence of what follows.
        int[][] common = new int[m + 1][n + 1];
        for (int i = m - 1; i >= 0; i--) {
            for (int j = n - 1; j >= 0; j--) {
                common[i][j] = sameKind(groups.get(i), sequence.get(j))
                        ? 1 + common[i + 1][j + 1]
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<List<Operation>> merged = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < m || j < n) {
            if (i < m && j < n && sameKind(groups.get(i), sequence.get(j))) {
                groups.get(i).add(sequence.get(j++));
                merged.add(groups.get(i++));
            } else if (j == n || (i < m && common[i + 1][j] >= common[i][j + 1])) {
                merged.add(groups.get(i++));
            } else {
                merged.add(new ArrayList<>(List.of(sequence.get(j++))));
            }
        }
        return merged;
    }

    private static boolean sameKind(List<Operation> group, Operation operation) {
        return group.get(0).getClass() == operation.getClass();
    }
}
