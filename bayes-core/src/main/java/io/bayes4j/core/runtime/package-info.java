/**
 * How the library uses the machine. A newcomer needs {@link io.bayes4j.core.runtime.Threads} at
 * most.
 */
@NullMarked
package io.bayes4j.core.runtime;

import org.jspecify.annotations.NullMarked;
