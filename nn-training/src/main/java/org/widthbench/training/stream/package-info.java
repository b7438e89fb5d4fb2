/** Seeded streams of labelled samples, the same for every network that is trained on them. */
package org.widthbench.training.stream;
