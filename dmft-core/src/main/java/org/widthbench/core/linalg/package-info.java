/** Small linear algebra that solvers and weights share: on the host in float64, or written on a {@code Backend}. */
package org.widthbench.core.linalg;
