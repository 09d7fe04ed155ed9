/** CIFAR-10 with residual networks, plain and Bayesian. */
package io.bayes4j.examples.cifar;
