/** ImageNet with torchvision's residual networks, plain and Bayesian. */
@NullMarked
package io.bayes4j.examples.imagenet;

import org.jspecify.annotations.NullMarked;
