package io.bayes4j.imports.onnx;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.layers.Layer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** Operators and constants as they are written. */
final class ProtoWriter {
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final IdentityHashMap<Layer, Map<String, String>> written = new IdentityHashMap<>();
  private int values;
  private String prefix = "";

  GraphProto.Builder graph() {
    return graph;
  }

  /** What names of the following operators begin with. */
  void at(String path) {
    prefix = path;
  }

  /** An operator with one output, whose name is returned. */
  String op(String type, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(type);
    graph.addNode(node(type, inputs, List.of(output), attributes));
    return output;
  }

  String op(String type, String input, AttributeProto... attributes) {
    return op(type, List.of(input), attributes);
  }

  static NodeProto node(
      String type, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(outputs.stream().filter(name -> !name.isEmpty()).findFirst().orElse(type))
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAllAttribute(Arrays.asList(attributes))
        .build();
  }

  /** A name that nothing has. */
  String fresh(String word) {
    values++;
    return (prefix.isEmpty() ? "" : prefix + "/") + word + "_" + values;
  }

  /** An array of a layer, written where the layer is met first; its name. */
  String once(Layer layer, String word, Supplier<String> write) {
    Map<String, String> names = written.computeIfAbsent(layer, any -> new HashMap<>());
    return names.computeIfAbsent(word, any -> write.get());
  }

  /** An array of floats, whose name is returned. */
  String floats(String word, INDArray array) {
    FloatMemory memory = FloatMemory.of(Layout.ROW_MAJOR.ensure(array), word);
    float[] numbers = new float[Math.toIntExact(memory.length())];
    memory.read(0, numbers, numbers.length);
    return floats(word, numbers, array.shape());
  }

  String floats(String word, float[] numbers, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return tensor(word, Type.FLOAT, UnsafeByteOperations.unsafeWrap(bytes), shape);
  }

  /** An array of flags, set where an array is not zero. */
  String flags(String word, INDArray array) {
    float[] numbers = FloatMemory.numbers(Layout.ROW_MAJOR.ensure(array), word);
    byte[] flags = new byte[numbers.length];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) (numbers[i] == 0 ? 0 : 1);
    }
    return tensor(word, Type.BOOL, UnsafeByteOperations.unsafeWrap(flags), array.shape());
  }

  /** One number without axes. */
  String number(double number) {
    return floats("number", new float[] {(float) number});
  }

  /** A vector of whole numbers. */
  String longs(String word, long... numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(numbers);
    return tensor(word, Type.LONG, UnsafeByteOperations.unsafeWrap(bytes), numbers.length);
  }

  private String tensor(String word, Type type, ByteString raw, long... shape) {
    String name = prefix.isEmpty() ? word : prefix + "." + word;
    if (graph.getInitializerList().stream().anyMatch(tensor -> tensor.getName().equals(name))) {
      return tensor(
          fresh(word).substring(prefix.isEmpty() ? 0 : prefix.length() + 1), type, raw, shape);
    }
    TensorProto.Builder proto =
        TensorProto.newBuilder().setName(name).setDataType(type.number).setRawData(raw);
    Arrays.stream(shape).forEach(proto::addDims);
    graph.addInitializer(proto);
    return name;
  }

  static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto real(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto numbers(String name, long... values) {
    AttributeProto.Builder proto =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(proto::addInts);
    return proto.build();
  }

  static AttributeProto numbers(String name, List<Integer> values) {
    return numbers(name, values.stream().mapToLong(Integer::longValue).toArray());
  }
}
