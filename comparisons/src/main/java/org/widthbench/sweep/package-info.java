/**
 * Many networks beside one theory: the tasks of a sweep, the local engine that runs them, their small result files that a
 * killed run leaves whole, and the alignment table that comes out.
 */
package org.widthbench.sweep;
