/**
 * Reports of what a model says about its own uncertainty: one HTML file that opens without a
 * network.
 *
 * <pre>
 *   Report.of(prediction, labels).write(Path.of("report.html"));
 * </pre>
 *
 * <p>{@link io.bayes4j.report.ClassificationReport} and {@link io.bayes4j.report.RegressionReport}
 * take what else there is to show: other data, pictures, the history of the training, other
 * predictors.
 */
@NullMarked
package io.bayes4j.report;

import org.jspecify.annotations.NullMarked;
