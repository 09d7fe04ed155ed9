/** Reads the model files of Keras 1, 2 and 3: HDF5 and the {@code .keras} archive. */
package io.bayes4j.imports.keras;
