/** Calls every public method of bayes-layers with every kind of wrong argument. */
package io.bayes4j.layers.sweep;
