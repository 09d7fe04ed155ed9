/** Turns a model file of another library into a Bayesian network. */
@NullMarked
package io.bayes4j.examples.convert;

import org.jspecify.annotations.NullMarked;
