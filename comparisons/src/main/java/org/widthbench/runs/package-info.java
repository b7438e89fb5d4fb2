/**
 * Several finished runs side by side: {@link org.widthbench.runs.RunFolder} reads what a command left in a folder,
 * {@link org.widthbench.runs.RunComparison} says how runs differ, {@link org.widthbench.runs.PageServer} shows them on
 * this machine alone.
 */
package org.widthbench.runs;
