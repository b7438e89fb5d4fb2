/**
 * Measures of how far a network of width N is from its infinite-width theory, or any two
 * {@link org.widthbench.core.problem.OrderParameters} from each other. A comparison never asks which side a result came from.
 */
package org.widthbench.comparison;
