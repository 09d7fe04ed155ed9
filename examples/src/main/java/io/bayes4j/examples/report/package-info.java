/**
 * The report of a trained digit reader: one HTML file that opens without a network.
 *
 * <p>{@link io.bayes4j.examples.report.DigitReport} holds what is shown, as plain numbers and
 * words; {@link io.bayes4j.examples.report.HtmlReport} turns it into a page. The package knows no
 * tensor and no network, so that any program may fill it.
 */
package io.bayes4j.examples.report;
