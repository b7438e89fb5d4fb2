/**
 * Random numbers that depend only on what they are for: counter-based noise that any machine reproduces bit by bit, the
 * normals of the published notebooks, and scrambled Sobol points.
 */
package org.widthbench.core.random;
