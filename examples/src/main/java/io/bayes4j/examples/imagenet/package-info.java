/** ImageNet with torchvision's residual networks, plain and Bayesian. */
package io.bayes4j.examples.imagenet;
