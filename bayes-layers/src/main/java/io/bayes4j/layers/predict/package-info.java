/** Predictions by Monte-Carlo sampling of the weights. */
package io.bayes4j.layers.predict;
