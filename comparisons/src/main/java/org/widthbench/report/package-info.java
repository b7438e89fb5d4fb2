/** One self-contained web page for the result of a run: verdict, figures, numbers, configuration and provenance. */
package org.widthbench.report;
