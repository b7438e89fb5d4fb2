/** Speed as ratios: each benchmark times its subject and a named baseline in one run, on the same data. */
package org.widthbench.bench;
