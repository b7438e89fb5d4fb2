package org.widthbench.core.weights;

/**
 * How much of the fields that it has seen a matrix without entries keeps: their components along orthonormal directions.
 *
 * @param features number k of directions of features
 * @param gradients number m of directions of gradients
 * @param featuresLeft largest share of the mean square of a block of features that lay beyond them
 * @param gradientsLeft likewise of gradients
 */
public record Directions(int features, int gradients, double featuresLeft, double gradientsLeft) {}
