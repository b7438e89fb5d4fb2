package org.widthbench.core.data.fetch;

/**
 * One file to fetch.
 *
 * @param name below the base address and in the folder
 * @param sha256 its SHA-256, in lower-case hexadecimal
 * @param unpack whether it is a gzipped tar whose files are wanted
 */
record RemoteFile(String name, String sha256, boolean unpack) {}
