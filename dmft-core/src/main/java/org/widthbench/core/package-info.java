/** The infinite-width theory: problems, data, kernels, solvers and the compute backend. */
package org.widthbench.core;
