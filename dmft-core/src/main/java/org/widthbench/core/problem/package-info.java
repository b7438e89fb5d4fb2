/** What theory and network have to agree on, what both produce, and what of it fits into memory. */
package org.widthbench.core.problem;
