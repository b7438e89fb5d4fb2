/** The compute interface that the solvers are written against, and its OpenBLAS implementation. */
package org.widthbench.core.backend;
