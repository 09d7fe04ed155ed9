/**
 * Turns a plain network into a Bayesian one, and back.
 *
 * <p>Begin with {@link io.bayes4j.convert.DnnToBnn}; {@link io.bayes4j.convert.ConversionOptions}
 * choose layers, estimators and MOPED, {@link io.bayes4j.convert.BnnToDnn} goes back to the means.
 * It asks layers for their counterparts and lists no kind of them.
 */
@NullMarked
package io.bayes4j.convert;

import org.jspecify.annotations.NullMarked;
