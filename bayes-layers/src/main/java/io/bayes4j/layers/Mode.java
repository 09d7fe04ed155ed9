package io.bayes4j.layers;

/** What a pass is for. */
public enum Mode {
  /** Weights drawn, batch statistics in batch normalisation, dropout on. */
  TRAIN(true, true, true),
  /** Weights drawn, running statistics, dropout off: one Monte-Carlo sample of a prediction. */
  SAMPLE(true, false, false),
  /** Weights at the posterior mean, running statistics, dropout off. */
  MEAN(false, false, false),
  /**
   * Weights drawn and dropout on, but running statistics: one sample of Monte-Carlo dropout (Gal
   * and Ghahramani 2016).
   */
  DROPOUT_SAMPLE(true, false, true);

  private final boolean drawsWeights;
  private final boolean batchStatistics;
  private final boolean dropout;

  Mode(boolean drawsWeights, boolean batchStatistics, boolean dropout) {
    this.drawsWeights = drawsWeights;
    this.batchStatistics = batchStatistics;
    this.dropout = dropout;
  }

  /** Whether Bayesian layers draw their weights, rather than use the mean. */
  public boolean drawsWeights() {
    return drawsWeights;
  }

  /** Whether batch normalisation uses the batch's statistics and updates the running ones. */
  public boolean batchStatistics() {
    return batchStatistics;
  }

  /** Whether dropout drops. */
  public boolean dropout() {
    return dropout;
  }
}
