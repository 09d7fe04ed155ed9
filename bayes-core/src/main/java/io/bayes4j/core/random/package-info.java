/** Seeded, splittable, counter-based noise: the only source of randomness in Bayes4J. */
package io.bayes4j.core.random;
