/**
 * The images that the digit example trains on, is tested on and should be unsure about: reading,
 * checking, downloading and bundling them.
 */
@NullMarked
package io.bayes4j.examples.data;

import org.jspecify.annotations.NullMarked;
