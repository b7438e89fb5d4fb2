/** The {@link org.widthbench.core.backend.Backend} on ND4J. */
package org.widthbench.training.nd4j;
