/**
 * Measures of what a model knows and does not know: pure functions of predictions and labels.
 *
 * <p>Class probabilities of a Bayesian classifier have the shape {@code [samples, batch, classes]}:
 * {@link io.bayes4j.core.uncertainty.Uncertainty} and {@link
 * io.bayes4j.core.uncertainty.RefusalRule} take them as they are, {@link
 * io.bayes4j.core.uncertainty.Calibration} takes their mean over the samples. Sets that come in
 * batches have evaluators that merge, such as {@link
 * io.bayes4j.core.uncertainty.CalibrationEvaluator}, {@link
 * io.bayes4j.core.uncertainty.UncertaintyRanking} and {@link
 * io.bayes4j.core.uncertainty.RegressionEvaluator}. Arrays must be float32; sums are kept in
 * double. No function writes into an argument, and all of them refuse NaN and say where it is.
 */
@NullMarked
package io.bayes4j.core.uncertainty;

import org.jspecify.annotations.NullMarked;
