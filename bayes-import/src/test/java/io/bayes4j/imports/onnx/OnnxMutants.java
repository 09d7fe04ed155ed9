package io.bayes4j.imports.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.nd4j.shade.protobuf.ByteString;

/** An ONNX file changed at random: its bytes, or the fields of its messages. */
public final class OnnxMutants {
  private static final long[] LIMITS = {
    0, 1, -1, 2, 7, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private final byte[] seed;
  private Dice random = new Dice(0);

  /** The same throws for the same seed (splitmix64). */
  private static final class Dice {
    private long state;

    Dice(long seed) {
      state = seed;
    }

    int nextInt(int bound) {
      state += 0x9e3779b97f4a7c15L;
      long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return (int) Long.remainderUnsigned(z ^ (z >>> 31), bound);
    }

    int nextInt(int from, int bound) {
      return from + nextInt(bound - from);
    }

    boolean nextBoolean() {
      return nextInt(2) == 1;
    }
  }

  private OnnxMutants(byte[] seed) {
    this.seed = seed;
  }

  /** Of a file. */
  public static OnnxMutants of(Path file) throws IOException {
    return new OnnxMutants(Files.readAllBytes(file));
  }

  /** The file with a few changes, which follow from a number. */
  public byte[] next(long number) throws IOException {
    random = new Dice(number);
    return random.nextInt(3) == 0 ? ofBytes(seed) : ofFields(seed);
  }

  private byte[] ofBytes(byte[] seed) {
    byte[] input = seed.clone();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      int at = random.nextInt(input.length);
      switch (random.nextInt(4)) {
        case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> input[at] = (byte) random.nextInt(256);
        case 2 -> {
          int from = random.nextInt(input.length);
          int n = Math.min(random.nextInt(1, 64), input.length - Math.max(at, from));
          System.arraycopy(seed, from, input, at, n);
        }
        default -> input = Arrays.copyOf(input, Math.max(1, at));
      }
    }
    return input;
  }

  /** Right protobuf of a wrong model. */
  private byte[] ofFields(byte[] seed) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(seed).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> changeNode(graph);
        case 3, 4 -> changeTensor(graph);
        case 5 -> model.getOpsetImportBuilder(0).setVersion(random.nextInt(5, 24));
        case 6 -> dropOrDouble(graph);
        default -> changeInput(graph);
      }
    }
    return model.build().toByteArray();
  }

  private NodeProto.Builder node(GraphProto.Builder graph) {
    return graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
  }

  private String anyName(GraphProto.Builder graph) {
    int kind = random.nextInt(4);
    if (kind == 0 && graph.getInitializerCount() > 0) {
      return graph.getInitializer(random.nextInt(graph.getInitializerCount())).getName();
    }
    NodeProto.Builder other = node(graph);
    return kind == 1 || other.getOutputCount() == 0 ? "" : other.getOutput(0);
  }

  private void changeNode(GraphProto.Builder graph) {
    if (graph.getNodeCount() == 0) {
      return;
    }
    NodeProto.Builder node = node(graph);
    int kind = random.nextInt(6);
    if (kind == 0 && node.getInputCount() > 0) {
      node.setInput(random.nextInt(node.getInputCount()), anyName(graph));
    } else if (kind == 1) {
      node.addInput(anyName(graph));
    } else if (kind == 2) {
      node.setOpType(node(graph).getOpType());
    } else if (kind == 3 && node.getAttributeCount() > 0) {
      node.removeAttribute(random.nextInt(node.getAttributeCount()));
    } else if (node.getAttributeCount() > 0) {
      changeAttribute(node.getAttributeBuilder(random.nextInt(node.getAttributeCount())));
    }
  }

  private void changeAttribute(AttributeProto.Builder attribute) {
    long limit = LIMITS[random.nextInt(LIMITS.length)];
    if (attribute.getIntsCount() > 0 && random.nextBoolean()) {
      attribute.setInts(random.nextInt(attribute.getIntsCount()), limit);
    } else if (attribute.getIntsCount() > 0) {
      attribute.addInts(limit);
    } else if (attribute.hasT()) {
      changeTensor(attribute.getTBuilder());
    } else {
      attribute.setI(limit).setF(random.nextBoolean() ? Float.NaN : limit);
    }
  }

  private void changeTensor(GraphProto.Builder graph) {
    if (graph.getInitializerCount() > 0) {
      changeTensor(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
    }
  }

  private void changeTensor(TensorProto.Builder tensor) {
    int kind = random.nextInt(5);
    if (kind == 0 && tensor.getDimsCount() > 0) {
      tensor.setDims(random.nextInt(tensor.getDimsCount()), LIMITS[random.nextInt(LIMITS.length)]);
    } else if (kind == 1 && tensor.getDimsCount() > 1) {
      // As many elements under another shape.
      long first = tensor.getDims(0);
      tensor.setDims(0, tensor.getDims(1)).setDims(1, first);
    } else if (kind == 2) {
      tensor.setDataType(random.nextInt(18));
    } else if (kind == 3) {
      tensor.addDims(1);
    } else if (tensor.getRawData().size() >= Long.BYTES) {
      changeNumbers(tensor);
    }
  }

  private void changeNumbers(TensorProto.Builder tensor) {
    byte[] raw = tensor.getRawData().toByteArray();
    int at = random.nextInt(raw.length / Long.BYTES) * Long.BYTES;
    long limit = LIMITS[random.nextInt(LIMITS.length)];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).putLong(at, limit);
    tensor.setRawData(ByteString.copyFrom(raw));
  }

  private void dropOrDouble(GraphProto.Builder graph) {
    if (graph.getNodeCount() < 2) {
      return;
    }
    int at = random.nextInt(graph.getNodeCount());
    if (random.nextBoolean()) {
      graph.removeNode(at);
    } else {
      graph.addNode(graph.getNode(at));
    }
  }

  private void changeInput(GraphProto.Builder graph) {
    int dims = graph.getInput(0).getType().getTensorType().getShape().getDimCount();
    if (dims > 0) {
      graph
          .getInputBuilder(0)
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .getShapeBuilder()
          .getDimBuilder(random.nextInt(dims))
          .setDimValue(LIMITS[random.nextInt(LIMITS.length)]);
    }
  }
}
