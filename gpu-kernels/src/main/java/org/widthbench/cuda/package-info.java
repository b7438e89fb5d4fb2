/** The CUDA backend: kernels, device discovery and memory, found by ServiceLoader. */
package org.widthbench.cuda;
