package io.bayes4j.layers.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An element type of a tensor file, under its name in safetensors, with the array type it is read
 * into. The first constant with an array type is the one it is written as.
 */
enum StoredType {
  F64(8, DataType.DOUBLE),
  F32(4, DataType.FLOAT),
  F16(2, DataType.FLOAT),
  BF16(2, DataType.FLOAT),
  I64(8, DataType.INT64),
  I32(4, DataType.INT32),
  I8(1, DataType.INT8),
  U8(1, DataType.UINT8),
  BOOL(1, DataType.BOOL);

  private final int width;
  private final DataType arrayType;

  StoredType(int width, DataType arrayType) {
    this.width = width;
    this.arrayType = arrayType;
  }

  static Optional<StoredType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  static Optional<StoredType> of(DataType arrayType) {
    return Arrays.stream(values()).filter(type -> type.arrayType == arrayType).findFirst();
  }

  /** Bytes of an element in the file. */
  int width() {
    return width;
  }

  /** Whether any bytes of a little-endian file are elements of an array as they are. */
  boolean isAsInFiles() {
    return width == arrayType.width() && this != BOOL;
  }

  DataType arrayType() {
    return arrayType;
  }

  /**
   * Moves whole elements, each buffer in its own byte order, and advances {@code to}. Elements
   * travel as whole numbers: a float might lose the payload of a NaN.
   */
  void move(ByteBuffer from, ByteBuffer to) {
    switch (this) {
      case F64, I64 -> moveLongs(from, to);
      case F32, I32 -> moveInts(from, to);
      case F16 -> widenHalves(from, to);
      case BF16 -> widenBrainFloats(from, to);
      case I8, U8, BOOL -> to.put(from);
    }
  }

  private static void moveLongs(ByteBuffer from, ByteBuffer to) {
    int bytes = from.remaining();
    to.asLongBuffer().put(from.asLongBuffer());
    to.position(to.position() + bytes);
  }

  private static void moveInts(ByteBuffer from, ByteBuffer to) {
    int bytes = from.remaining();
    to.asIntBuffer().put(from.asIntBuffer());
    to.position(to.position() + bytes);
  }

  private static void widenHalves(ByteBuffer from, ByteBuffer to) {
    while (from.hasRemaining()) {
      to.putInt(Half.toFloatBits(from.getShort()));
    }
  }

  private static void widenBrainFloats(ByteBuffer from, ByteBuffer to) {
    while (from.hasRemaining()) {
      to.putInt(from.getShort() << 16);
    }
  }
}
