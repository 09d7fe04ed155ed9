package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.numbers;
import static io.bayes4j.imports.onnx.ProtoWriter.text;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Pick;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.Reduce;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Resize;
import io.bayes4j.layers.Slice;
import io.bayes4j.layers.StochasticDepth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import onnx.OnnxMl.AttributeProto;

/** What moves, chooses or sums up elements. */
final class ExportShapes {
  private ExportShapes() {}

  static Optional<String> write(Layer layer, Place place) {
    return layer instanceof Pool
            || layer instanceof GlobalAvgPool
            || layer instanceof AdaptiveAvgPool
            || layer instanceof AdaptiveMaxPool
        ? Optional.of(pool(layer, place))
        : moved(layer, place);
  }

  private static Optional<String> moved(Layer layer, Place place) {
    ProtoWriter out = place.out();
    String x = place.x();
    boolean nothing =
        layer instanceof Identity || layer instanceof Dropout || layer instanceof StochasticDepth;
    if (nothing) {
      return Optional.of(x);
    }
    if (layer instanceof Flatten) {
      return Optional.of(out.op("Flatten", x));
    }
    if (layer instanceof Reshape reshape) {
      long[] shape = reshape.shape().stream().mapToLong(Long::longValue).toArray();
      return Optional.of(out.op("Reshape", List.of(x, out.longs("shape", shape))));
    }
    if (layer instanceof Permute permute) {
      return Optional.of(out.op("Transpose", x, numbers("perm", permute.axes())));
    }
    if (layer instanceof Concat concat) {
      return Optional.of(out.op("Concat", place.inputs(), number("axis", concat.axis())));
    }
    if (layer instanceof Reduce reduce) {
      return Optional.of(reduce(reduce, out, x));
    }
    if (layer instanceof Slice slice) {
      return Optional.of(
          out.op(
              "Slice",
              List.of(
                  x,
                  out.longs("from", slice.from()),
                  out.longs("to", slice.to()),
                  out.longs("axis", slice.axis()),
                  out.longs("step", slice.step()))));
    }
    if (layer instanceof Pick pick) {
      long[] indices = pick.indices().stream().mapToLong(Integer::longValue).toArray();
      return Optional.of(
          out.op("Gather", List.of(x, out.longs("indices", indices)), number("axis", pick.axis())));
    }
    if (layer instanceof Pad pad) {
      return Optional.of(pad(place, x, pad.before(), pad.after(), pad.mode(), pad.value()));
    }
    if (layer instanceof Resize resize) {
      return Optional.of(resize(resize, place));
    }
    return layer instanceof BatchWeight ? Optional.of(repeated(layer, place)) : Optional.empty();
  }

  private static String reduce(Reduce reduce, ProtoWriter out, String x) {
    AttributeProto keeps = number("keepdims", reduce.keepsAxes() ? 1 : 0);
    if (reduce.kind() == Reduce.Kind.MEAN) {
      return out.op("ReduceMean", x, numbers("axes", reduce.axes()), keeps);
    }
    long[] axes = reduce.axes().stream().mapToLong(Integer::longValue).toArray();
    return out.op("ReduceSum", List.of(x, out.longs("axes", axes)), keeps);
  }

  static String pad(
      Place place,
      String x,
      List<Integer> before,
      List<Integer> after,
      PaddingMode mode,
      double value) {
    String name =
        switch (mode) {
          case ZEROS -> "constant";
          case REFLECT -> "reflect";
          case REPLICATE -> "edge";
          case CIRCULAR ->
              throw new IllegalArgumentException("pads in a circle, which opset 17 has not");
        };
    long[] pads =
        Stream.concat(before.stream(), after.stream()).mapToLong(Integer::longValue).toArray();
    List<String> inputs = new ArrayList<>(List.of(x, place.out().longs("pads", pads)));
    if (mode == PaddingMode.ZEROS) {
      inputs.add(place.out().number(value));
    }
    return place.out().op("Pad", inputs, text("mode", name));
  }

  private static String resize(Resize resize, Place place) {
    ProtoWriter out = place.out();
    int rank = place.rank();
    float[] scales = new float[rank];
    scales[0] = 1;
    scales[1] = 1;
    for (int axis = 2; axis < rank; axis++) {
      scales[axis] =
          resize.scales().isEmpty()
              ? (float) resize.lengths().get(axis - 2) / place.shape()[axis]
              : resize.scales().get(axis - 2).floatValue();
    }
    String places =
        switch (resize.places()) {
          case HALF_PIXEL -> "half_pixel";
          case ASYMMETRIC -> "asymmetric";
          case ALIGNED_CORNERS -> "align_corners";
        };
    boolean linear = resize.mode() == Resize.Mode.LINEAR;
    boolean floor = resize.mode() == Resize.Mode.NEAREST_FLOOR;
    return out.op(
        "Resize",
        List.of(place.x(), "", out.floats("scales", scales, rank)),
        text("mode", linear ? "linear" : "nearest"),
        text("coordinate_transformation_mode", places),
        text("nearest_mode", floor ? "floor" : "round_prefer_floor"));
  }

  /** Weights for as many examples as the input has. */
  private static String repeated(Layer layer, Place place) {
    ProtoWriter out = place.out();
    long[] ones = ExportWeights.array(layer, "weight").shape();
    String lengths = out.op("Shape", place.x(), number("start", 0), number("end", 1));
    long[] rest = new long[ones.length - 1];
    System.arraycopy(ones, 1, rest, 0, rest.length);
    String shape = out.op("Concat", List.of(lengths, out.longs("rest", rest)), number("axis", 0));
    return out.op("Expand", List.of(ExportWeights.parameter(layer, "weight", place), shape));
  }

  /** Padding behind an axis that the last window of a pooling in ceil mode just fills. */
  private static int behind(PoolSpec spec, int axis, long length) {
    long stride = spec.stride().get(axis);
    long before = spec.padding().get(axis);
    long extent = (long) spec.dilation().get(axis) * (spec.window().get(axis) - 1) + 1;
    long last = (length + 2 * before - extent + stride - 1) / stride;
    last = last * stride >= length + before ? last - 1 : last;
    return Math.toIntExact(Math.max(0, last * stride + extent - length - before));
  }

  /** Windows of one size as a pooling, others one after the other. */
  private static String adaptive(List<Integer> lengths, boolean maximum, Place place) {
    List<Long> window = new ArrayList<>();
    boolean even = true;
    for (int axis = 0; axis < lengths.size(); axis++) {
      long length = place.shape()[axis + 2];
      window.add(length / lengths.get(axis));
      even &= length % lengths.get(axis) == 0;
    }
    if (even) {
      long[] size = window.stream().mapToLong(Long::longValue).toArray();
      return place
          .out()
          .op(
              maximum ? "MaxPool" : "AveragePool",
              place.x(),
              numbers("kernel_shape", size),
              numbers("strides", size));
    }
    String reduction = maximum ? "ReduceMax" : "ReduceMean";
    String y = place.x();
    for (int axis = 0; axis < lengths.size(); axis++) {
      y = windows(place.out(), y, reduction, axis + 2, place.shape()[axis + 2], lengths.get(axis));
    }
    return y;
  }

  private static String windows(
      ProtoWriter out, String x, String reduction, int axis, long length, long windows) {
    List<String> reduced = new ArrayList<>();
    for (long i = 0; i < windows; i++) {
      String part =
          out.op(
              "Slice",
              List.of(
                  x,
                  out.longs("from", i * length / windows),
                  out.longs("to", ((i + 1) * length + windows - 1) / windows),
                  out.longs("axis", axis)));
      reduced.add(out.op(reduction, part, numbers("axes", axis), number("keepdims", 1)));
    }
    return out.op("Concat", reduced, number("axis", axis));
  }

  private static String pool(Layer layer, Place place) {
    ProtoWriter out = place.out();
    if (layer instanceof GlobalAvgPool) {
      return out.op("Flatten", out.op("GlobalAveragePool", place.x()));
    }
    if (layer instanceof AdaptiveAvgPool adaptive) {
      return adaptive(adaptive.lengths(), false, place);
    }
    if (layer instanceof AdaptiveMaxPool adaptive) {
      return adaptive(adaptive.lengths(), true, place);
    }
    PoolSpec spec = ((Pool) layer).spec();
    boolean maximum = layer.getClass().getSimpleName().startsWith("Max");
    if (spec.divisorOverride() > 0) {
      throw new IllegalArgumentException("divides by a number of its own");
    }
    List<Integer> pads = new ArrayList<>(spec.padding());
    // Versions of the format count windows in ceil mode differently: padding behind says it all.
    boolean padded = spec.ceilMode() && (maximum || !spec.countIncludePad());
    for (int axis = 0; axis < spec.rank(); axis++) {
      pads.add(padded ? behind(spec, axis, place.shape()[axis + 2]) : spec.padding().get(axis));
    }
    List<AttributeProto> options =
        new ArrayList<>(
            List.of(
                numbers("kernel_shape", spec.window()),
                numbers("strides", spec.stride()),
                numbers("pads", pads),
                number("ceil_mode", spec.ceilMode() && !padded ? 1 : 0)));
    options.add(
        maximum
            ? numbers("dilations", spec.dilation())
            : number("count_include_pad", spec.countIncludePad() ? 1 : 0));
    return out.op(
        maximum ? "MaxPool" : "AveragePool", place.x(), options.toArray(AttributeProto[]::new));
  }
}
