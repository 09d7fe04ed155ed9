package io.bayes4j.imports.onnx;

import java.io.IOException;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.Descriptors.Descriptor;
import org.nd4j.shade.protobuf.Descriptors.FieldDescriptor;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * Counts the fields of a protobuf message before it is parsed: two bytes of a file can become an
 * object of a hundred, so that a forged file of some megabytes could fill the memory.
 */
final class WireScan {
  /** Fields of a file, in all messages together. */
  private static final int MOST_FIELDS = 3_000_000;

  /** Messages within each other. */
  static final int MOST_DEPTH = 24;

  private int fields;

  private WireScan() {}

  /**
   * Checks a message.
   *
   * @throws IOException if it has too many fields, is nested too deeply, or is cut
   */
  static void check(ByteString message, Descriptor type) throws IOException {
    CodedInputStream in = message.newCodedInput();
    new WireScan().scan(in, type, 0);
  }

  private void scan(CodedInputStream in, Descriptor type, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw new IOException("messages are nested more than " + MOST_DEPTH + " deep");
    }
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      if (++fields > MOST_FIELDS) {
        throw new IOException("the file has more than " + MOST_FIELDS + " fields");
      }
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean message =
          field != null
              && field.getType() == FieldDescriptor.Type.MESSAGE
              && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (message) {
        int limit = in.pushLimit(in.readRawVarint32());
        scan(in, field.getMessageType(), depth + 1);
        in.popLimit(limit);
      } else {
        skip(in, tag);
      }
    }
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    int wire = WireFormat.getTagWireType(tag);
    if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
      throw new IOException("the file has a group, which no ONNX file has");
    }
    in.skipField(tag);
  }
}
