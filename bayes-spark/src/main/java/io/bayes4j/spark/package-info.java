/** Bayesian networks on an Apache Spark cluster: scoring, evaluation and training. */
package io.bayes4j.spark;
