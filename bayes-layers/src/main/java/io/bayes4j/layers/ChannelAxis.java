package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A word on arrays whose channels are where other libraries have them. */
final class ChannelAxis {
  private ChannelAxis() {}

  /**
   * What to do with an array that looks channels-last; empty if it does not.
   *
   * @param rank that the array must have, channels included
   * @param channels that axis 1 must have
   */
  static String hint(Var x, int rank, long channels) {
    boolean last =
        x.rank() == rank && rank > 2 && x.size(1) != channels && x.size(rank - 1) == channels;
    if (!last) {
      return "";
    }
    int[] axes = IntStream.range(0, rank).map(axis -> axis < 2 ? axis : axis - 1).toArray();
    axes[1] = rank - 1;
    String order =
        Arrays.stream(axes).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    return ": the channels are last, bring them to axis 1 with x.permute(" + order + ").dup()";
  }
}
