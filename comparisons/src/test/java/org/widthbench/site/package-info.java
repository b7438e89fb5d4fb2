/** {@code docs/} as a static site: part of the tests because nothing that runs needs it and its checks are tests. */
package org.widthbench.site;
