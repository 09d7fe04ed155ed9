package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
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
          // Window of one, padded.
          new Axis(3, 1, 2, 2, 1),
          // Dilation.
          new Axis(9, 3, 2, 2, 3),
          // Dilation of the input's length.
          new Axis(4, 3, 1, 4, 4),
          // Dilation that jumps over the input.
          new Axis(2, 2, 1, 3, 5),
          // Dilation over both ends.
          new Axis(3, 3, 2, 3, 4));

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
    /** Whether the padding is at most half of a window that is not dilated. */
    boolean isForPooling() {
      return dilation == 1 && padding * 2 <= kernel;
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

  /** Every edge as a pooling, which knows no groups and keeps the channels. */
  static Stream<KernelGrid.Case> poolings() {
    return cases(EDGES.stream().filter(Axis::isForPooling).toList(), MIXES);
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
