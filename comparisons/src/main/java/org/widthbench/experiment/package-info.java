/**
 * What is run and what came out: the validated configuration ({@link org.widthbench.experiment.Experiment}) with its
 * strict YAML reader, and the result files {@code theory.npz}, {@code network.npz} and {@code summary.json}.
 */
package org.widthbench.experiment;
