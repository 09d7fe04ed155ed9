/** The examples' command line. */
@NullMarked
package io.bayes4j.examples;

import org.jspecify.annotations.NullMarked;
