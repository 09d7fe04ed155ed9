/** Calls every public method of a module with every kind of wrong argument. */
package io.bayes4j.core.testing.sweep;
