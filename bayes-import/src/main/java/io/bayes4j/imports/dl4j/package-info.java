/**
 * Reads the model files of Deeplearning4j, without its libraries.
 *
 * <p>{@link io.bayes4j.imports.dl4j.Dl4jFormat} is the one entry; callers use {@code
 * imports.ModelFile}. It knows the file's JSON and arrays, and no other format.
 */
@NullMarked
package io.bayes4j.imports.dl4j;

import org.jspecify.annotations.NullMarked;
