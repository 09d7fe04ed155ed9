/** ONNX files: read as networks, and written. */
package io.bayes4j.imports.onnx;
