/**
 * Seeded, splittable, counter-based noise: the only source of randomness in Bayes4J.
 *
 * <p>Begin with {@link io.bayes4j.core.random.Noise}{@code .seeded(...)}; whoever needs noise of
 * its own splits it by a name or a number. The same seed gives the same numbers on any number of
 * threads. It knows nothing of what is drawn.
 */
@NullMarked
package io.bayes4j.core.random;

import org.jspecify.annotations.NullMarked;
