/** Networks of finite width N, trained step by step with every field recorded. */
package org.widthbench.training;
