package org.widthbench.core.data.fetch;

/**
 * One file to fetch.
 *
 * @param name below the base address and in the folder
 * @param md5 its published checksum, in lower-case hexadecimal
 * @param unpack whether it is a gzipped tar whose files are wanted
 */
record RemoteFile(String name, String md5, boolean unpack) {}
