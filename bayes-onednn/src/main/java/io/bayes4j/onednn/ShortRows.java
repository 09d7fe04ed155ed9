package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * Poolings whose rows of windows are cut into shorter ones, by one more axis.
 *
 * <p>oneDNN takes a row of windows in blocks of as many as registers hold. Each block of a maximum
 * of floats but the first of a row costs 125 ns more (Sapphire Rapids), most likely because the
 * smallest float is loaded by an instruction older than AVX while upper halves of registers are in
 * use. Where windows lie side by side, a row may be cut between any two of them.
 */
final class ShortRows {
  /** Vectors of results in a block, with AVX-512. */
  private static final int VECTORS = 16;

  /** Floats in a vector of AVX-512. */
  private static final int LANES = 16;

  /** Rows so much shorter than a block cost more than they save. */
  private static final int SHORTEST = 4;

  private ShortRows() {}

  /** Windows of a row, such that x should be pooled with so short ones; all of them if whole. */
  static long windows(Operand x, Operand y, PoolGeometry geometry) {
    int axis = geometry.rank() - 1;
    long all = y.size(axis + 2);
    long vectors = Math.min(VECTORS, (y.size(1) + LANES - 1) / LANES);
    long block = VECTORS / vectors;
    if (x.element() != Element.F32 || all <= block || !mayBeCut(x, all, geometry)) {
      return all;
    }
    long windows = block;
    while (all % windows != 0) {
      windows--;
    }
    return windows * SHORTEST < block ? all : windows;
  }

  /** Whether windows fill the last axis side by side, and oneDNN has poolings of an axis more. */
  private static boolean mayBeCut(Operand x, long windows, PoolGeometry geometry) {
    int axis = geometry.rank() - 1;
    int kernel = geometry.window().kernel().get(axis);
    return geometry.rank() < 3
        && geometry.window().stride().get(axis) == kernel
        && geometry.window().padding().get(axis) == 0
        && x.size(axis + 2) == windows * kernel;
  }

  /** The same channels-last elements, the last axis in rows of a length. */
  static Operand cut(Operand all, long length) {
    long[] shape = all.shape();
    long[] cut = new long[shape.length + 1];
    System.arraycopy(shape, 0, cut, 0, shape.length);
    cut[shape.length - 1] /= length;
    cut[shape.length] = length;
    return all.shaped(cut);
  }

  /** The same windows over rows that are cut. */
  static PoolGeometry cut(PoolGeometry geometry) {
    ConvGeometry g = geometry.window();
    return PoolGeometry.of(
        new ConvGeometry(
            cut(g.kernel(), 1), cut(g.stride(), 1), cut(g.padding(), 0), cut(g.dilation(), 1), 1));
  }

  /** With a number of the new axis before the last one. */
  private static List<Integer> cut(List<Integer> numbers, int number) {
    List<Integer> cut = new ArrayList<>(numbers);
    cut.add(numbers.size() - 1, number);
    return cut;
  }
}
