package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.numbers;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.imports.parts.GlobalMaxPool;
import io.bayes4j.imports.parts.PaddedAvgPool;
import io.bayes4j.imports.parts.SameAvgPool;
import io.bayes4j.imports.parts.SamePad;
import io.bayes4j.layers.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Padding and pooling of imported networks. */
final class ExportParts {
  private ExportParts() {}

  static Optional<String> write(Layer layer, Place place) {
    if (layer instanceof GlobalMaxPool) {
      ProtoWriter out = place.out();
      return Optional.of(out.op("Flatten", out.op("GlobalMaxPool", place.x())));
    }
    if (layer instanceof PaddedAvgPool pool) {
      return Optional.of(means(pool, place));
    }
    if (layer instanceof SameAvgPool pool) {
      return Optional.of(means(PaddedAvgPool.same(pool.windows(), lengths(place)), place));
    }
    return layer instanceof SamePad pad ? Optional.of(padded(pad, place)) : Optional.empty();
  }

  private static List<Integer> lengths(Place place) {
    return Arrays.stream(place.shape()).skip(2).mapToObj(Math::toIntExact).toList();
  }

  private static String means(PaddedAvgPool pool, Place place) {
    List<Integer> pads = new ArrayList<>(pool.before());
    pads.addAll(pool.after());
    return place
        .out()
        .op(
            "AveragePool",
            place.x(),
            numbers("kernel_shape", pool.windows().size()),
            numbers("strides", pool.windows().stride()),
            numbers("pads", pads),
            number("count_include_pad", 0));
  }

  private static String padded(SamePad pad, Place place) {
    List<Integer> before = new ArrayList<>(List.of(0, 0));
    List<Integer> after = new ArrayList<>(List.of(0, 0));
    List<Integer> lengths = lengths(place);
    for (int axis = 0; axis < lengths.size(); axis++) {
      int total = pad.windows().padding(axis, lengths.get(axis));
      before.add(total / 2);
      after.add(total - total / 2);
    }
    PaddingMode mode = pad.mode();
    return ExportShapes.pad(place, place.x(), before, after, mode, 0);
  }
}
