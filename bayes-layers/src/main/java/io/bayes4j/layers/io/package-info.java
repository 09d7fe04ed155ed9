/**
 * Tensor files: the safetensors format, read and written, and NumPy's {@code .npy} and {@code .npz}
 * formats, read.
 *
 * <p>A file is taken for hostile: every length in it is checked against the size of the file before
 * memory is set aside, and whatever breaks a rule of the format is a {@link
 * io.bayes4j.layers.io.MalformedTensorFileException}. Nothing in a file can run code.
 */
@NullMarked
package io.bayes4j.layers.io;

import org.jspecify.annotations.NullMarked;
