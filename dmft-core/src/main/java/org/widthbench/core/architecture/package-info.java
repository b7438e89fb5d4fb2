/** What a network is, written once as a program over fields, {@code docs/concepts/one-program.md}. */
package org.widthbench.core.architecture;
