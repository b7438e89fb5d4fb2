/**
 * The command line. Each command is one class that reads its options, calls the packages that do the work and prints what
 * came out; {@link org.widthbench.cli.Main} turns failures into one line and an exit code.
 */
package org.widthbench.cli;
