/**
 * Bayesian networks on an Apache Spark cluster: scoring, evaluation and training.
 *
 * <p>Begin with {@link io.bayes4j.spark.BayesianModel}, a transformer of data frames, and {@link
 * io.bayes4j.spark.DistributedTraining}. The modules that it is built on know nothing of Spark.
 */
@NullMarked
package io.bayes4j.spark;

import org.jspecify.annotations.NullMarked;
