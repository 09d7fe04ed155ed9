/** Turns a model file of another library into a Bayesian network. */
package io.bayes4j.examples.convert;
