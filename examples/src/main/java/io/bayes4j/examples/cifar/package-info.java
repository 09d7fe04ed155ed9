/** CIFAR-10 with residual networks, plain and Bayesian. */
@NullMarked
package io.bayes4j.examples.cifar;

import org.jspecify.annotations.NullMarked;
