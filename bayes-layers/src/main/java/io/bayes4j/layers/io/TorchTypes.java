package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.NumberType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PyTorch's types of numbers and of storages by their names in safetensors. */
final class TorchTypes {
  private static final Map<String, NumberType> TYPES = new HashMap<>();

  static {
    add("F64", 8, "DoubleStorage", "float64", "double");
    add("F32", 4, "FloatStorage", "float32", "float");
    add("F16", 2, "HalfStorage", "float16", "half");
    add("BF16", 2, "BFloat16Storage", "bfloat16");
    add("I64", 8, "LongStorage", "int64", "long");
    add("I32", 4, "IntStorage", "int32", "int");
    add("I16", 2, "ShortStorage", "int16", "short");
    add("I8", 1, "CharStorage", "int8");
    add("U8", 1, "ByteStorage", "uint8");
    add("U16", 2, "uint16");
    add("U32", 4, "uint32");
    add("U64", 8, "uint64");
    add("BOOL", 1, "BoolStorage", "bool");
    add("C32", 4, "complex32", "chalf");
    add("C64", 8, "ComplexFloatStorage", "complex64", "cfloat");
    add("C128", 16, "ComplexDoubleStorage", "complex128", "cdouble");
    add("F8_E4M3", 1, "float8_e4m3fn");
    add("F8_E5M2", 1, "float8_e5m2");
    add("F8_E4M3FNUZ", 1, "float8_e4m3fnuz");
    add("F8_E5M2FNUZ", 1, "float8_e5m2fnuz");
    add("QI8", 1, "QInt8Storage", "qint8");
    add("QU8", 1, "QUInt8Storage", "quint8");
    add("QI32", 4, "QInt32Storage", "qint32");
    TYPES.put("torch.storage.UntypedStorage", NumberType.UNTYPED);
    TYPES.put("torch.UntypedStorage", NumberType.UNTYPED);
  }

  private TorchTypes() {}

  private static void add(String name, int width, String... inTorch) {
    for (String other : inTorch) {
      TYPES.put("torch." + other, new NumberType(name, width));
      TYPES.put("torch.cuda." + other, new NumberType(name, width));
    }
  }

  /** The type that PyTorch calls so; null if there is none. */
  static @Nullable NumberType of(String fullName) {
    return TYPES.get(fullName);
  }
}
