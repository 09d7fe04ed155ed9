/** Turns a plain network into a Bayesian one. */
package io.bayes4j.convert;
