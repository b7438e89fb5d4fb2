/**
 * Networks of any architecture as a study of width consistency sees them ({@code docs/theory.md} section 7): trained on
 * minibatches from a stream, asked for predictions, kernels and Hessian-vector products on samples of the asker's choice.
 * {@link org.widthbench.training.family.TrainableNetwork} is all that a new architecture has to offer, and
 * {@link org.widthbench.training.family.ArchitectureProvider} how it is found.
 */
package org.widthbench.training.family;
