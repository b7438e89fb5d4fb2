/**
 * Figures of the papers, computed and drawn by one command each. A new figure is one class that implements
 * {@link org.widthbench.reproduce.ReproducibleFigure} and one line in {@link org.widthbench.reproduce.FigureCatalogue}.
 */
package org.widthbench.reproduce;
