package io.bayes4j.spark;

/**
 * Figures of a round.
 *
 * @param round its number, the first is 1
 * @param loss mean over the examples of the parts' losses in their last epoch, in nats
 * @param bytes that the parts sent back
 * @param seconds wall time
 */
public record RoundRecord(int round, double loss, long bytes, double seconds) {}
