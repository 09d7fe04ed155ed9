package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;

/** Types of elements that oneDNN knows. */
enum Element {
  F32(DataType.FLOAT, memory.data_type.f32),
  BF16(DataType.BFLOAT16, memory.data_type.bf16),
  S8(DataType.INT8, memory.data_type.s8),
  U8(DataType.UINT8, memory.data_type.u8),
  S32(DataType.INT32, memory.data_type.s32);

  private final DataType array;
  private final memory.data_type type;

  Element(DataType array, memory.data_type type) {
    this.array = array;
    this.type = type;
  }

  /**
   * That of an array.
   *
   * @throws IllegalArgumentException if oneDNN has none such
   */
  static Element of(DataType array) {
    for (Element element : values()) {
      if (element.array == array) {
        return element;
      }
    }
    throw new IllegalArgumentException(
        "array must be of type FLOAT, BFLOAT16, INT8, UINT8 or INT32, got " + array);
  }

  static Element of(Precision precision) {
    return precision == Precision.BF16 ? BF16 : F32;
  }

  memory.data_type type() {
    return type;
  }

  int bytes() {
    return array.width();
  }
}
