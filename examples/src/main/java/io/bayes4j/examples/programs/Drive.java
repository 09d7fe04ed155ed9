package io.bayes4j.examples.programs;

/**
 * How a drive went, by the wetness of the road.
 *
 * @param speed mean, in km/h
 * @param skids expected number in 1,000 bends
 * @param worth mean of a bend
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Drive(double[] speed, double[] skids, double[] worth) {}
