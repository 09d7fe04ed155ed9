/**
 * How the library uses the machine. A newcomer needs {@link io.bayes4j.core.runtime.Threads} at
 * most.
 */
package io.bayes4j.core.runtime;
