/** Elementwise nonlinearities; a new one is one new record here and its name in {@link org.widthbench.core.activation.Activation#of}. */
package org.widthbench.core.activation;
