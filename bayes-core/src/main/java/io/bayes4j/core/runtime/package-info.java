/**
 * How the library uses the machine.
 *
 * <p>A newcomer needs {@link io.bayes4j.core.runtime.Threads} at most, which sets the number of
 * threads of all loops. It knows nothing of what they compute.
 */
@NullMarked
package io.bayes4j.core.runtime;

import org.jspecify.annotations.NullMarked;
