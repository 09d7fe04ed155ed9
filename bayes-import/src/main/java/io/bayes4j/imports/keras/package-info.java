/**
 * Reads the model files of Keras 1, 2 and 3: HDF5 and the {@code .keras} archive.
 *
 * <p>{@link io.bayes4j.imports.keras.KerasFormat} is the one entry; callers use {@code
 * imports.ModelFile}. It knows no other format.
 */
@NullMarked
package io.bayes4j.imports.keras;

import org.jspecify.annotations.NullMarked;
