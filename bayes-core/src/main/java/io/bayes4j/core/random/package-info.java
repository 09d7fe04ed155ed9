/** Seeded, splittable, counter-based noise: the only source of randomness in Bayes4J. */
@NullMarked
package io.bayes4j.core.random;

import org.jspecify.annotations.NullMarked;
