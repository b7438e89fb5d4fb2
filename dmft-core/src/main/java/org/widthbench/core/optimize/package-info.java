/** Optimizers as values. */
package org.widthbench.core.optimize;
