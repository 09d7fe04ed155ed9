package io.bayes4j.imports.onnx;

import io.bayes4j.core.internal.Require;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.ModelFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import onnx.OnnxMl.ModelProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * ONNX models, of opset 7 to 23. Operators become layers of this library: what has weights can be
 * made Bayesian, trained and saved like any other.
 *
 * <p>Weights in files beside the model's are read from its own folder alone. A file has at most 2
 * GiB, 20,000 operators and 3 million fields.
 */
public final class OnnxFormat implements ModelFormat {
  private static final Set<Integer> MODEL_FIELDS = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26);
  private static final int GRAPH_FIELD = 7;
  private static final int VERSION_FIELD = 1;

  /** A reader. */
  public OnnxFormat() {}

  @Override
  public String name() {
    return "ONNX";
  }

  /** The format has no mark: the first fields must be those of a model. */
  @Override
  public boolean recognizes(byte[] head, Path file) {
    Require.nonNull(head, "head");
    Require.nonNull(file, "file");
    CodedInputStream in = CodedInputStream.newInstance(head);
    boolean known = false;
    try {
      while (!in.isAtEnd()) {
        int tag = in.readTag();
        int field = tag >>> 3;
        int wire = tag & 7;
        boolean number = field == VERSION_FIELD || field == 5;
        if (!MODEL_FIELDS.contains(field) || wire != (number ? 0 : 2)) {
          return false;
        }
        known |= field == VERSION_FIELD || field == GRAPH_FIELD;
        if (wire == 2 && head.length - in.getTotalBytesRead() < ModelFormat.HEAD) {
          int length = in.readRawVarint32();
          if (length < 0 || length > head.length - in.getTotalBytesRead()) {
            return known && length >= 0;
          }
          in.skipRawBytes(length);
        } else {
          in.skipField(tag);
        }
      }
      return known;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public ImportedModel read(Path file) throws IOException {
    ModelFormat.requireFile(file);
    return read(file, UnsafeByteOperations.unsafeWrap(TensorReader.content(file)));
  }

  /** Reads a model whose bytes are at hand; other files that it names lie beside the file. */
  static ImportedModel read(Path file, ByteString all) throws IOException {
    ModelProto model;
    try {
      WireScan.check(all, ModelProto.getDescriptor());
      CodedInputStream in = all.newCodedInput();
      // Arrays stay where they are in the file until they are asked for.
      in.enableAliasing(true);
      in.setRecursionLimit(WireScan.MOST_DEPTH + 8);
      model = ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new MalformedModelFileException(
          file + ": is no ONNX model that can be read: " + e.getMessage(), e);
    }
    try {
      return new ModelReader(file, model, all.size()).read();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (Work.Exceeded e) {
      throw new MalformedModelFileException(file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MalformedModelFileException(file + ": " + Text.clean(e.toString()), e);
    }
  }
}
