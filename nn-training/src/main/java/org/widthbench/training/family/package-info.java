/**
 * Networks of any architecture as a study of width consistency sees them ({@code docs/theory.md} section 7): trained on
 * minibatches from a stream, asked for predictions, kernels and Hessian-vector products on samples of the asker's choice.
 */
package org.widthbench.training.family;
