/** Files that other programs read: NumPy archives, and writing that leaves a whole file or none. */
package org.widthbench.core.io;
