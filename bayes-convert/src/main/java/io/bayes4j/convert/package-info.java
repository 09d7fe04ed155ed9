/** Turns a plain network into a Bayesian one. */
@NullMarked
package io.bayes4j.convert;

import org.jspecify.annotations.NullMarked;
