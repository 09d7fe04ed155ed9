/** Predictions by Monte-Carlo sampling of the weights. */
@NullMarked
package io.bayes4j.layers.predict;

import org.jspecify.annotations.NullMarked;
