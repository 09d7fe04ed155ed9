/**
 * What all readers of model files share: what they are asked for and what they return.
 *
 * <p>A reader implements {@link io.bayes4j.imports.format.ModelFormat} and returns an {@link
 * io.bayes4j.imports.format.ImportedModel}. No format is known here.
 */
@NullMarked
package io.bayes4j.imports.format;

import org.jspecify.annotations.NullMarked;
