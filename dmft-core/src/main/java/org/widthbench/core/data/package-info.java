/** Where inputs and labels come from: gaussian points, CIFAR-10, MNIST and NumPy archives. */
package org.widthbench.core.data;
