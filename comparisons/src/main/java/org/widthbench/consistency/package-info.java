/**
 * When do wide networks agree? Networks of growing width on the same stream of minibatches, measured at log-spaced times and put
 * beside the widest of them and, where it can be solved, their infinite-width theory: {@code docs/theory.md} section 7, after Vyas
 * et al. (2023).
 *
 * <p>{@link org.widthbench.consistency.ConsistencyStudy} runs the tasks of a configuration, each network's measurement kept whole in
 * a file of its own; {@link org.widthbench.consistency.ConsistencyReport} draws one figure per claim.
 */
package org.widthbench.consistency;
