/** Checks and reference computations that the tests of every module share. */
package io.bayes4j.core.testing;
