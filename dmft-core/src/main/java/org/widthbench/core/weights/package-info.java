/** The matrices of a network in the three ways that it touches them, {@code docs/concepts/one-program.md}. */
package org.widthbench.core.weights;
