/**
 * What networks of several formats are made of beside the layers of this library.
 *
 * <p>Readers use these; they know layers, and no file.
 */
@NullMarked
package io.bayes4j.imports.parts;

import org.jspecify.annotations.NullMarked;
