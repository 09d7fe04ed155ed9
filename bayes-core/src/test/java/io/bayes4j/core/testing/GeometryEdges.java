package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Windows at the edges of what a geometry may be, declared: every edge in every rank, along all
 * axes, the last or all but the last, with channels about the widths of vector registers.
 */
final class GeometryEdges {
  /** An axis on which nothing is special. */
  private static final Axis PLAIN = new Axis(5, 3, 1, 1, 1);

  private static final List<Axis> EDGES =
      List.of(
          // One element.
          new Axis(1, 1, 1, 0, 1),
          // One element in a longer window.
          new Axis(1, 3, 1, 1, 1),
          // One element shorter than the padding.
          new Axis(1, 5, 1, 2, 1),
          // One element, stride beyond it.
          new Axis(1, 3, 4, 1, 1),
          // Shorter than the padding.
          new Axis(2, 7, 1, 3, 1),
          // A pyramid's window.
          new Axis(4, 13, 1, 6, 1),
          // A pyramid's window with a stride.
          new Axis(5, 13, 2, 6, 1),
          // Every window over both ends.
          new Axis(3, 9, 1, 4, 1),
          // Several blocks over an end.
          new Axis(9, 13, 1, 6, 1),
          // Output of one element.
          new Axis(6, 6, 1, 0, 1),
          // Output of one element, padded.
          new Axis(4, 8, 3, 2, 1),
          // Stride over the window.
          new Axis(7, 2, 3, 0, 1),
          // Stride over the input.
          new Axis(3, 2, 7, 1, 1),
          // A stride that leaves elements out.
          new Axis(8, 3, 4, 0, 1),
          // Even window.
          new Axis(6, 4, 3, 2, 1),
          // Padding over the window.
          new Axis(3, 2, 1, 3, 1),
          // Padding over the input and the window.
          new Axis(1, 3, 2, 4, 1),
          // A stride, and more padding than half of the window.
          new Axis(2, 4, 2, 3, 1),
          // Window of one, padded.
          new Axis(3, 1, 2, 2, 1),
          // Dilation.
          new Axis(9, 3, 2, 2, 3),
          // Dilation of the input's length.
          new Axis(4, 3, 1, 4, 4),
          // Dilation that jumps over the input.
          new Axis(2, 2, 1, 3, 5),
          // Dilation over both ends.
          new Axis(3, 3, 2, 3, 4),
          // Dilation, half padded.
          new Axis(9, 3, 2, 1, 3),
          new Axis(4, 2, 1, 1, 4),
          // Dilation with an element on each side of the only one.
          new Axis(1, 2, 1, 1, 2));

  /** Edges of windows that only start inside the input. */
  private static final List<Axis> CEIL_EDGES =
      List.of(
          // Longer than the input.
          new Axis(2, 3, 2, 0, 1),
          // A window of one behind the others.
          new Axis(5, 1, 3, 0, 1),
          // A last window of one element.
          new Axis(7, 3, 3, 0, 1),
          // A last window that would start in the padding behind.
          new Axis(5, 2, 3, 1, 1),
          // A last window over the padding behind.
          new Axis(6, 4, 5, 2, 1),
          // A dilated window that reaches over the end.
          new Axis(6, 3, 4, 0, 2));

  /** Batch, channels, units and groups. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1},
    {2, 3, 8, 1},
    {1, 8, 15, 1},
    {2, 15, 16, 1},
    {1, 16, 17, 1},
    {3, 17, 1, 1},
    {2, 3, 3, 3},
    {1, 16, 16, 16},
    {2, 17, 17, 17},
    {2, 8, 16, 4}
  };

  /** An edge lies along all axes, the last one, or all but the last one. */
  private static final int MIXES = 3;

  private GeometryEdges() {}

  /** The input's length along an axis, and how a window moves over it. */
  private record Axis(int length, int kernel, int stride, int padding, int dilation) {
    boolean isForPooling() {
      return padding * 2 <= kernel;
    }
  }

  /** Every edge as a convolution. */
  static Stream<KernelGrid.Case> convolutions() {
    return cases(EDGES, MIXES);
  }

  /** Every edge as a convolution, along all axes alone. */
  static Stream<KernelGrid.Case> uniformConvolutions() {
    return cases(EDGES, 1);
  }

  /** A pooling of x [N, C, spatial ...]. */
  @SuppressWarnings("ArrayRecordComponent") // Poolings are never compared.
  record Pooling(Layout layout, long[] shapeX, PoolGeometry geometry) {
    private static Pooling of(KernelGrid.Case c, boolean ceil, boolean counts, int divisor) {
      return new Pooling(
          c.layout(), c.shapeX(), new PoolGeometry(ungrouped(c), ceil, counts, divisor));
    }

    private static ConvGeometry ungrouped(KernelGrid.Case c) {
      ConvGeometry g = c.g();
      return new ConvGeometry(g.kernel(), g.stride(), g.padding(), g.dilation(), 1);
    }

    boolean isDilated() {
      return geometry.window().dilation().stream().anyMatch(d -> d > 1);
    }

    private boolean fits() {
      return Arrays.stream(new NaivePooling(shapeX, geometry).shapeY()).allMatch(n -> n > 0);
    }

    @Override
    public String toString() {
      return layout + " x" + Arrays.toString(shapeX) + " " + geometry;
    }
  }

  /** Every edge as a pooling; those of whole windows divide by what the last ones do not. */
  static Stream<Pooling> poolings() {
    List<Axis> edges = Stream.concat(EDGES.stream(), CEIL_EDGES.stream()).toList();
    List<KernelGrid.Case> cases =
        cases(edges.stream().filter(Axis::isForPooling).toList(), MIXES).toList();
    List<Pooling> all = new ArrayList<>();
    for (int number = 0; number < cases.size(); number++) {
      KernelGrid.Case c = cases.get(number);
      boolean counts = number % 2 == 0;
      all.add(Pooling.of(c, false, counts, 0));
      all.add(Pooling.of(c, true, !counts, 0));
      if (number % 5 == 0) {
        all.add(Pooling.of(c, true, counts, 3));
      }
    }
    return all.stream().filter(Pooling::fits);
  }

  /** Other poolings by whole windows. */
  static Stream<Pooling> plainPoolings() {
    return KernelGrid.poolings().map(c -> Pooling.of(c, false, true, 0));
  }

  private static Stream<KernelGrid.Case> cases(List<Axis> edges, int mixes) {
    List<KernelGrid.Case> cases = new ArrayList<>();
    for (int rank = 1; rank <= 3; rank++) {
      for (Axis edge : edges) {
        for (int mix = 0; mix < (rank == 1 ? 1 : mixes); mix++) {
          int number = cases.size();
          Layout layout = number % 2 == 0 ? Layout.ROW_MAJOR : Layout.CHANNELS_LAST;
          cases.add(of(layout, axes(rank, edge, mix), SIZES[number % SIZES.length]));
        }
      }
    }
    return cases.stream();
  }

  private static List<Axis> axes(int rank, Axis edge, int mix) {
    return IntStream.range(0, rank)
        .mapToObj(axis -> mix == 0 || (mix == 1) == (axis == rank - 1) ? edge : PLAIN)
        .toList();
  }

  private static KernelGrid.Case of(Layout layout, List<Axis> axes, int[] sizes) {
    ConvGeometry g =
        new ConvGeometry(
            axes.stream().map(Axis::kernel).toList(),
            axes.stream().map(Axis::stride).toList(),
            axes.stream().map(Axis::padding).toList(),
            axes.stream().map(Axis::dilation).toList(),
            sizes[3]);
    List<Integer> input = axes.stream().map(Axis::length).toList();
    return new KernelGrid.Case(layout, sizes[0], sizes[1], sizes[2], input, g);
  }
}
