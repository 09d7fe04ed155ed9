package io.bayes4j.spark;

/**
 * How parts of the data train one posterior. All but {@link #GRADIENTS} train a posterior in each
 * part and add natural parameters, the prior counted once; they differ in what a part is told of
 * the others.
 */
public enum Merging {
  /**
   * Each part trains from the prior on its own data; the parts' factors, posterior over prior, are
   * multiplied with the prior (as in consensus Monte Carlo, Scott et al. 2016). For weights whose
   * posteriors are not correlated one round is exact.
   */
  CONSENSUS,
  /**
   * Each part trains from the prior as if its data stood for all; the natural parameters are
   * averaged, by the number of examples. A part is as sure as the whole will be, which suits
   * networks of many weights.
   */
  AVERAGE,
  /**
   * Partitioned variational inference (Ashman et al. 2022): a part's prior is what all others say,
   * and its factor is put in place of its last one. Rounds converge to what training on all data
   * finds.
   */
  PARTITIONED,
  /**
   * Each part trains on its own data and a quadratic model of all others' loss around where the
   * round begins: their gradient, and their dense layers' Kronecker-factored Fisher matrices
   * (Martens and Grosse 2015), of which every round begins with an exchange. A part then does not
   * forget what its own data do not show, as classes that only others have. What parts find is
   * averaged as in {@link #AVERAGE}. For classes, and networks whose Bayesian layers are dense.
   */
  CURVATURE,
  /**
   * The parts answer every step with the gradients of their share of its batch, and the driver
   * takes it: training on all rows, which stay where they are, for any network and however rows are
   * sorted. All numbers of the network go out and back in every step, not once a round; a round is
   * the epochs of local training, over all rows, with an optimizer of its own.
   */
  GRADIENTS
}
