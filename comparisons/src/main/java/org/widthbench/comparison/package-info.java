/** Kernel alignment and other distances between two results, whichever side they came from. */
package org.widthbench.comparison;
