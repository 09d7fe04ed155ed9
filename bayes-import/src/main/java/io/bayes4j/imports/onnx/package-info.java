/**
 * ONNX files: read as networks, and written.
 *
 * <p>{@link io.bayes4j.imports.onnx.OnnxFormat} reads, for {@code imports.ModelFile}; {@link
 * io.bayes4j.imports.onnx.OnnxExport} writes. The file's own format is read here, without ONNX's
 * libraries; no other format is known.
 */
@NullMarked
package io.bayes4j.imports.onnx;

import org.jspecify.annotations.NullMarked;
