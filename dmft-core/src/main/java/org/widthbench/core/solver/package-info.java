/** The solvers of the infinite-width equations, one class for each method of {@code docs/theory.md} sections 4 and 5. */
package org.widthbench.core.solver;
