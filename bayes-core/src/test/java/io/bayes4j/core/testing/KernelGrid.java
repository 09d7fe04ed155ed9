package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Awkward shapes, declared: what every provider of kernels must get right. */
final class KernelGrid {
  private KernelGrid() {}

  /** A convolution or pooling of x [n, channels, input ...] in a layout. */
  record Case(Layout layout, int n, int channels, int units, List<Integer> input, ConvGeometry g) {
    long[] shapeX() {
      return shape(n, channels, input);
    }

    long[] shapeW() {
      return shape(units, channels / g.groups(), g.kernel());
    }

    long[] shapeY() {
      return g.outputShape(shapeX(), units);
    }

    /** As a pooling, which keeps the channels. */
    long[] pooledShape() {
      return g.outputShape(shapeX(), channels);
    }

    private static long[] shape(int first, int second, List<Integer> spatial) {
      long[] shape = new long[spatial.size() + 2];
      shape[0] = first;
      shape[1] = second;
      for (int axis = 0; axis < spatial.size(); axis++) {
        shape[axis + 2] = spatial.get(axis);
      }
      return shape;
    }

    @Override
    public String toString() {
      return layout
          + " x"
          + Arrays.toString(shapeX())
          + " w"
          + Arrays.toString(shapeW())
          + " stride "
          + g.stride()
          + " padding "
          + g.padding()
          + " dilation "
          + g.dilation();
    }
  }

  private static ConvGeometry geometry(
      List<Integer> kernel, List<Integer> stride, List<Integer> padding, List<Integer> dilation) {
    return new ConvGeometry(kernel, stride, padding, dilation, 1);
  }

  private static List<Integer> all(int number, int rank) {
    return Collections.nCopies(rank, number);
  }

  /** Kernels of 1, 3, even and rectangular size; each with a stride, a padding, a dilation. */
  private static Stream<ConvGeometry> geometries(int rank) {
    List<Integer> one = all(1, rank);
    List<Integer> none = all(0, rank);
    List<Integer> three = all(3, rank);
    List<Integer> rectangle = List.of(2, 3, 1).subList(0, rank);
    return Stream.of(
        geometry(one, one, none, one),
        geometry(one, all(2, rank), none, one),
        geometry(three, one, none, one),
        geometry(three, one, one, one),
        geometry(three, all(2, rank), one, one),
        geometry(three, one, all(2, rank), all(2, rank)),
        geometry(three, all(2, rank), one, all(2, rank)),
        geometry(all(2, rank), one, one, one),
        geometry(all(4, rank), all(3, rank), all(2, rank), one),
        geometry(
            rectangle,
            List.of(1, 2, 1).subList(0, rank),
            List.of(1, 0, 0).subList(0, rank),
            List.of(2, 1, 1).subList(0, rank)));
  }

  private static List<Integer> input(int rank) {
    return List.of(7, 6, 5).subList(0, rank);
  }

  /** Every geometry in every rank, once in each layout. */
  private static Stream<Case> everyGeometry() {
    List<Case> cases = new ArrayList<>();
    for (int rank = 1; rank <= 3; rank++) {
      List<Integer> input = input(rank);
      geometries(rank)
          .forEach(
              g -> {
                for (Layout layout : Layout.values()) {
                  cases.add(new Case(layout, 2, 3, 4, input, g));
                }
              });
    }
    return cases.stream();
  }

  /** Batches and channels about the widths of vector registers. */
  private static Stream<Case> everySize() {
    List<Case> cases = new ArrayList<>();
    ConvGeometry g = geometry(all(3, 2), all(1, 2), all(1, 2), all(1, 2));
    for (int n : new int[] {1, 2, 5}) {
      for (int channels : new int[] {1, 3, 16, 17}) {
        for (int units : new int[] {1, 17}) {
          Layout layout = n == 2 ? Layout.ROW_MAJOR : Layout.CHANNELS_LAST;
          cases.add(new Case(layout, n, channels, units, List.of(5, 4), g));
        }
      }
    }
    return cases.stream();
  }

  /** Groups up to depthwise, with and without a channel multiplier. */
  private static Stream<Case> everyGrouping() {
    List<Case> cases = new ArrayList<>();
    for (int rank = 1; rank <= 3; rank++) {
      for (int[] sizes : new int[][] {{4, 6, 2}, {3, 3, 3}, {3, 6, 3}, {16, 16, 16}, {6, 4, 2}}) {
        ConvGeometry g =
            new ConvGeometry(all(3, rank), all(2, rank), all(1, rank), all(1, rank), sizes[2]);
        for (Layout layout : Layout.values()) {
          cases.add(new Case(layout, 2, sizes[0], sizes[1], input(rank), g));
        }
      }
    }
    return cases.stream();
  }

  /** An output of one element, and an input of one. */
  private static Stream<Case> smallest() {
    return Stream.of(
        new Case(
            Layout.ROW_MAJOR,
            1,
            1,
            1,
            List.of(3, 3),
            geometry(all(3, 2), all(1, 2), all(0, 2), all(1, 2))),
        new Case(
            Layout.CHANNELS_LAST,
            3,
            2,
            2,
            List.of(1, 1),
            geometry(all(3, 2), all(1, 2), all(1, 2), all(1, 2))),
        new Case(
            Layout.CHANNELS_LAST,
            2,
            5,
            3,
            List.of(1),
            geometry(all(1, 1), all(1, 1), all(0, 1), all(1, 1))));
  }

  /** Windows as long as the input, of which one reaches over each end. */
  private static Stream<Case> overBothEnds() {
    return Stream.of(
        new Case(
            Layout.CHANNELS_LAST,
            2,
            2,
            2,
            List.of(5, 3, 4),
            geometry(List.of(4, 2, 3), List.of(3, 1, 2), List.of(1, 1, 0), all(1, 3))),
        new Case(
            Layout.CHANNELS_LAST,
            3,
            2,
            3,
            List.of(4, 3, 1),
            geometry(List.of(4, 3, 3), List.of(3, 3, 2), List.of(2, 0, 2), all(1, 3))),
        new Case(
            Layout.ROW_MAJOR,
            2,
            4,
            2,
            List.of(7, 6, 3),
            new ConvGeometry(
                List.of(4, 3, 2), List.of(2, 1, 2), List.of(1, 0, 1), List.of(2, 1, 1), 2)),
        new Case(
            Layout.CHANNELS_LAST,
            2,
            3,
            2,
            List.of(5, 4),
            geometry(List.of(4, 5), List.of(3, 2), List.of(2, 3), all(1, 2))));
  }

  /** So much work that a provider cuts it into pieces, whose weight gradients it adds up. */
  private static Stream<Case> severalPieces() {
    ConvGeometry one = geometry(all(5, 1), all(1, 1), all(2, 1), all(1, 1));
    ConvGeometry two = geometry(all(3, 2), all(1, 2), all(1, 2), all(1, 2));
    ConvGeometry groups = new ConvGeometry(all(3, 2), all(1, 2), all(1, 2), all(1, 2), 2);
    ConvGeometry three = geometry(all(3, 3), all(1, 3), all(1, 3), all(1, 3));
    return Stream.of(
        new Case(Layout.CHANNELS_LAST, 71, 16, 24, List.of(40), one),
        new Case(Layout.ROW_MAJOR, 43, 12, 16, List.of(12, 11), two),
        new Case(Layout.CHANNELS_LAST, 43, 24, 16, List.of(12, 11), groups),
        new Case(Layout.CHANNELS_LAST, 7, 6, 12, List.of(9, 9, 9), three));
  }

  static Stream<Case> convolutions() {
    return Stream.of(
            everyGeometry(),
            everySize(),
            everyGrouping(),
            smallest(),
            overBothEnds(),
            severalPieces())
        .flatMap(s -> s);
  }

  /** Channels in whole vector registers and many positions, batches that threads can share. */
  private static Stream<Case> blocked() {
    List<Case> cases = new ArrayList<>();
    for (int rank = 1; rank <= 3; rank++) {
      List<Integer> input = List.of(List.of(80), List.of(13, 14), List.of(5, 6, 4)).get(rank - 1);
      geometries(rank)
          .forEach(
              g -> {
                for (Layout layout : Layout.values()) {
                  cases.add(new Case(layout, 5, 16, 32, input, g));
                }
              });
    }
    ConvGeometry g = geometry(all(3, 2), all(1, 2), all(1, 2), all(1, 2));
    cases.add(new Case(Layout.CHANNELS_LAST, 20, 48, 80, List.of(8, 8), g));
    return cases.stream();
  }

  /** Enough work for several threads, in every rank. */
  static Stream<Case> inPieces() {
    List<Case> cases = new ArrayList<>();
    List<List<Integer>> inputs = List.of(List.of(300), List.of(13, 14), List.of(7, 8, 6));
    for (int rank = 1; rank <= 3; rank++) {
      ConvGeometry g = geometry(all(3, rank), all(1, rank), all(1, rank), all(1, rank));
      cases.add(new Case(Layout.CHANNELS_LAST, 5, 16, 32, inputs.get(rank - 1), g));
    }
    return cases.stream();
  }

  static Stream<Case> flipouts() {
    return Stream.of(everyGeometry(), everyGrouping(), smallest(), blocked()).flatMap(s -> s);
  }

  /** Windows without dilation, whose padding is at most half of their size. */
  static Stream<Case> poolings() {
    return Stream.of(everyGeometry(), smallest(), overBothEnds())
        .flatMap(s -> s)
        .filter(
            c -> {
              for (int axis = 0; axis < c.g.rank(); axis++) {
                if (c.g.padding().get(axis) * 2 > c.g.kernel().get(axis)
                    || c.g.dilation().get(axis) > 1) {
                  return false;
                }
              }
              return true;
            });
  }

  /** Shapes [N, C, ...] of rank 2 to 5. */
  static Stream<long[]> activations() {
    return Stream.of(
        new long[] {4, 1},
        new long[] {5, 17},
        new long[] {300, 3},
        new long[] {2, 3, 7},
        new long[] {1, 16, 5},
        new long[] {3, 1, 4, 5},
        new long[] {4, 17, 3, 1},
        new long[] {2, 3, 33, 40},
        new long[] {2, 3, 2, 3, 4},
        new long[] {2, 5000, 1, 2});
  }

  /** Rows, inner length and columns of products. */
  static Stream<int[]> products() {
    int[] sizes = {1, 3, 17, 64, 129};
    List<int[]> all = new ArrayList<>();
    for (int m : sizes) {
      for (int k : sizes) {
        for (int n : sizes) {
          all.add(new int[] {m, k, n});
        }
      }
    }
    return all.stream();
  }
}
