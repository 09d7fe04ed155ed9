package io.bayes4j.imports.onnx;

import io.bayes4j.layers.Layer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How each kind of layer is written. */
final class Exports {
  private Exports() {}

  /**
   * Where a layer is written.
   *
   * @param out what is written to
   * @param inputs names of what the layer reads
   * @param shape of its first input, with one example; empty for a layer that did not run
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
  record Place(ProtoWriter out, List<String> inputs, long[] shape) {
    String x() {
      return inputs.get(0);
    }

    int rank() {
      return shape.length;
    }
  }

  /** A layer's kind; empty if it is of another. */
  @FunctionalInterface
  interface Kind {
    /** What the layer makes. */
    Optional<String> write(Layer layer, Place place);
  }

  /** What a layer makes; empty if there is no operator for it. */
  static Optional<String> write(Layer layer, Place place) {
    return Stream.<Kind>of(
            ExportWeights::write,
            ExportNumbers::write,
            ExportFlags::write,
            ExportShapes::write,
            ExportParts::write,
            ExportNorms::write)
        .map(kind -> kind.write(layer, place))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
