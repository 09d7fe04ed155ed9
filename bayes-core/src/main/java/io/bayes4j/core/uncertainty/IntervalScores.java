package io.bayes4j.core.uncertainty;

/**
 * How honest and how sharp the intervals of a regression are, over all numbers of a set of targets.
 *
 * @param level the share that each interval was to hold
 * @param coverage the share of the targets that lie in their interval
 * @param width the mean width of the intervals, in the targets' unit
 * @param score the mean interval score of Gneiting and Raftery (2007), in the targets' unit: the
 *     width, plus 2 / (1 - level) times how far outside the target lies; smaller is better
 */
public record IntervalScores(double level, double coverage, double width, double score) {}
