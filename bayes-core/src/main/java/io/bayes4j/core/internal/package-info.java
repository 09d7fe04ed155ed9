/**
 * Helpers shared by the Bayes4J modules; not part of the public API and without any promise of
 * stability.
 *
 * <p>{@link io.bayes4j.core.internal.Require} checks arguments, {@link
 * io.bayes4j.core.internal.Parallel} runs loops on the one team of threads, {@link
 * io.bayes4j.core.internal.Detached} is the one door to ND4J's arrays, {@link
 * io.bayes4j.core.internal.AtomicFiles} writes files whole or not at all. Nothing here knows an
 * operation, a layer or a distribution.
 */
@NullMarked
package io.bayes4j.core.internal;

import org.jspecify.annotations.NullMarked;
