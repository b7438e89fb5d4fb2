/** Fetches the official archives of datasets: checksum verified, resumable, whole or not at all. */
package org.widthbench.core.data.fetch;
