package io.bayes4j.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A pooling, its options, output and gradient, computed in double precision by PyTorch, see
 * pooling_golden.py.
 *
 * @param maximum else a mean
 * @param kernel as stride, padding and dilation one number for each spatial axis
 * @param ceil PyTorch's ceil_mode
 * @param counts PyTorch's count_include_pad
 * @param divisor PyTorch's divisor_override, or 0
 * @param g what the gradient of x is of: sum(y * g)
 */
public record GoldenPooling(
    boolean maximum,
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> dilation,
    boolean ceil,
    boolean counts,
    int divisor,
    INDArray x,
    INDArray y,
    INDArray g,
    INDArray gradX) {

  /** All cases. */
  public static List<GoldenPooling> all() {
    List<GoldenPooling> all = new ArrayList<>();
    for (JsonNode node : GoldenCases.parse("golden/pooling.json")) {
      all.add(of(node));
    }
    if (all.isEmpty()) {
      throw new IllegalStateException("no poolings are on the test class path");
    }
    return List.copyOf(all);
  }

  private static GoldenPooling of(JsonNode node) {
    return new GoldenPooling(
        node.required("kind").asText().equals("max"),
        GoldenCases.list(node.required("kernel")),
        GoldenCases.list(node.required("stride")),
        GoldenCases.list(node.required("padding")),
        GoldenCases.list(node.required("dilation")),
        node.required("ceil").asBoolean(),
        node.required("count").asBoolean(),
        node.required("divisor").asInt(),
        GoldenCases.tensor(node.required("x")),
        GoldenCases.tensor(node.required("y")),
        GoldenCases.tensor(node.required("g")),
        GoldenCases.tensor(node.required("grad")));
  }

  @Override
  public String toString() {
    return (maximum ? "max" : "mean")
        + " of "
        + Arrays.toString(x.shape())
        + " kernel "
        + kernel
        + " stride "
        + stride
        + " padding "
        + padding
        + " dilation "
        + dilation
        + (ceil ? " ceil" : "")
        + (counts ? "" : " of the input alone")
        + (divisor > 0 ? " divided by " + divisor : "");
  }
}
