package io.bayes4j.imports.onnx;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/** Element types of arrays, by their numbers in the format. */
enum Type {
  FLOAT(1, 4, false),
  BYTE_UNSIGNED(2, 1, true),
  BYTE(3, 1, true),
  INT(6, 4, true),
  LONG(7, 8, true),
  BOOL(9, 1, true),
  HALF(10, 2, false),
  DOUBLE(11, 8, false),
  BFLOAT16(16, 2, false);

  private static final int HALF_EXPONENT = 0x7c00;

  final int number;
  final int bytes;
  final boolean integer;

  Type(int number, int bytes, boolean integer) {
    this.number = number;
    this.bytes = bytes;
    this.integer = integer;
  }

  /** The type of a number; empty if none read here has it. */
  static Optional<Type> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /** A float of each number. */
  @FunctionalInterface
  interface Floats {
    float at(int i);
  }

  static float[] floats(int n, Floats numbers) {
    float[] all = new float[n];
    for (int i = 0; i < n; i++) {
      all[i] = numbers.at(i);
    }
    return all;
  }

  static long[] longs(int n, IntToLongFunction numbers) {
    long[] all = new long[n];
    for (int i = 0; i < n; i++) {
      all[i] = numbers.applyAsLong(i);
    }
    return all;
  }

  float[] floats(ByteBuffer data, int n) {
    return switch (this) {
      case FLOAT -> {
        float[] all = new float[n];
        data.duplicate().order(data.order()).asFloatBuffer().get(all);
        yield all;
      }
      case DOUBLE -> floats(n, i -> (float) data.getDouble(i * Double.BYTES));
      default -> floats(n, i -> ofBits(data.getShort(i * Short.BYTES)));
    };
  }

  long[] longs(ByteBuffer data, int n) {
    return switch (this) {
      case LONG -> longs(n, i -> data.getLong(i * Long.BYTES));
      case INT -> longs(n, i -> data.getInt(i * Integer.BYTES));
      case BYTE_UNSIGNED -> longs(n, i -> data.get(i) & 0xff);
      default -> longs(n, data::get);
    };
  }

  /** The number that 16 bits stand for. */
  float ofBits(short bits) {
    if (this == BFLOAT16) {
      return Float.intBitsToFloat(bits << 16);
    }
    int exponent = bits & HALF_EXPONENT;
    int fraction = bits & 0x3ff;
    float size;
    if (exponent == HALF_EXPONENT) {
      size = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      size = fraction * 0x1p-24f;
    } else {
      size = Float.intBitsToFloat((exponent + 0x1c000 | fraction) << 13);
    }
    return bits < 0 ? -size : size;
  }
}
