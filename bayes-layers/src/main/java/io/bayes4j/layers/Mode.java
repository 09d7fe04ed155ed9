package io.bayes4j.layers;

/** What a pass is for. */
public enum Mode {
  /**
   * Weights drawn, batch statistics in batch normalisation, dropout on, and each example with noise
   * of its own where the layer or its estimator has such noise.
   */
  TRAIN(true, true, true, true),
  /** Weights drawn, running statistics, dropout off: one Monte-Carlo sample of a prediction. */
  SAMPLE(true, false, false, false),
  /** Weights at the posterior mean, running statistics, dropout off. */
  MEAN(false, false, false, false),
  /**
   * Weights drawn and dropout on, but running statistics: one sample of Monte-Carlo dropout (Gal
   * and Ghahramani 2016). What is dropped is the same for all examples: one network.
   */
  DROPOUT_SAMPLE(true, false, true, false);

  private final boolean drawsWeights;
  private final boolean batchStatistics;
  private final boolean dropout;
  private final boolean noisePerExample;

  Mode(boolean drawsWeights, boolean batchStatistics, boolean dropout, boolean noisePerExample) {
    this.drawsWeights = drawsWeights;
    this.batchStatistics = batchStatistics;
    this.dropout = dropout;
    this.noisePerExample = noisePerExample;
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

  /**
   * Whether examples of a batch may have noise of their own, which makes gradients less noisy. A
   * pass of another mode is one network, the same for all examples: what it says of one does not
   * depend on the others, nor on the example's place among them.
   */
  public boolean noisePerExample() {
    return noisePerExample;
  }
}
