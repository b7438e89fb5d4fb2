/** What is measured of programs, networks and their theory alike. */
package org.widthbench.core.measure;
