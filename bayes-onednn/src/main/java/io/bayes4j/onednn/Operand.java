package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shape, strides in elements and type of what a primitive reads or writes. Two arrays with equal
 * operands can be given to the same primitive.
 */
final class Operand {
  private final long[] shape;

  /** Null where the primitive chooses the layout. */
  private final long @Nullable [] strides;

  private final Element element;

  private Operand(long[] shape, long @Nullable [] strides, Element element) {
    this.shape = shape;
    this.strides = strides;
    this.element = element;
  }

  /** The array itself if {@link #of} can describe it, else a dense copy. */
  static INDArray describable(INDArray array) {
    boolean described =
        Layout.CHANNELS_LAST.describes(array)
            || Layout.ROW_MAJOR.describes(array)
            || (array.rank() == 2 && matrixStrides(array) != null);
    return described ? array : Layout.CHANNELS_LAST.ensure(array);
  }

  /**
   * The operand of an array that is dense in either layout, or a matrix with contiguous rows or
   * columns.
   *
   * @throws IllegalArgumentException if oneDNN has no such type
   */
  static Operand of(INDArray array) {
    Element element = Element.of(array.dataType());
    long[] shape = array.shape();
    if (shape.length == 2) {
      return new Operand(shape, matrixStrides(array), element);
    }
    Layout layout = Layout.CHANNELS_LAST.describes(array) ? Layout.CHANNELS_LAST : Layout.ROW_MAJOR;
    return new Operand(shape, layout.strides(shape), element);
  }

  static Operand rowMajor(long... shape) {
    return new Operand(shape, Layout.ROW_MAJOR.strides(shape), Element.F32);
  }

  /** A matrix of one row. */
  static Operand row(long length, DataType type) {
    return rowMajor(1, length).in(Element.of(type));
  }

  /** Strides of contiguous rows or columns; null if the matrix has neither. */
  private static long @Nullable [] matrixStrides(INDArray matrix) {
    long rows = matrix.size(0);
    long columns = matrix.size(1);
    long down = matrix.stride(0);
    long across = matrix.stride(1);
    if ((columns == 1 || across == 1) && (rows == 1 || down >= columns)) {
      return new long[] {rows == 1 ? columns : down, 1};
    }
    if ((rows == 1 || down == 1) && (columns == 1 || across >= rows)) {
      return new long[] {1, columns == 1 ? rows : across};
    }
    return null;
  }

  long[] shape() {
    return shape;
  }

  /** Null where the primitive chooses the layout. */
  long @Nullable [] strides() {
    return strides;
  }

  /** The strides of what is in memory. */
  long[] known() {
    return Objects.requireNonNull(strides);
  }

  Element element() {
    return element;
  }

  long size(int axis) {
    return shape[axis];
  }

  /** Size of an element. */
  int elementBytes() {
    return element.bytes();
  }

  long elements() {
    return product(0);
  }

  /** The same with another number of rows of an axis, at the same distance. */
  Operand withRows(int axis, long length) {
    long[] part = shape.clone();
    part[axis] = length;
    return new Operand(part, strides, element);
  }

  /** A matrix without gaps between its rows, or else its columns. */
  Operand dense() {
    boolean down = known()[1] != 1 && known()[0] == 1;
    long[] adjacent = down ? new long[] {1, shape[0]} : Layout.ROW_MAJOR.strides(shape);
    return new Operand(shape, adjacent, element);
  }

  Operand in(Precision other) {
    return in(Element.of(other));
  }

  Operand in(Element other) {
    return new Operand(shape, strides, other);
  }

  /** A channels-last operand of the same type and another shape. */
  Operand shaped(long[] other) {
    return new Operand(other, Layout.CHANNELS_LAST.strides(other), element);
  }

  /** The same shape in the layout that the primitive likes best. */
  Operand anyLayout() {
    return new Operand(shape, null, element);
  }

  Operand channelsLast() {
    return shaped(shape);
  }

  /** The same elements, the last two axes swapped. */
  Operand transposed() {
    return new Operand(lastSwapped(shape), lastSwapped(known()), element);
  }

  private static long[] lastSwapped(long... axes) {
    long[] swapped = axes.clone();
    int last = axes.length - 1;
    swapped[last] = axes[last - 1];
    swapped[last - 1] = axes[last];
    return swapped;
  }

  /** The same elements of a row-major operand under another shape. */
  Operand reshaped(long... other) {
    return new Operand(other, Layout.ROW_MAJOR.strides(other), element);
  }

  /** An activation of any rank as [N, C, 1, positions]. */
  Operand planes() {
    long positions = positions();
    long step = positionStep();
    return new Operand(
        new long[] {shape[0], shape[1], 1, positions},
        new long[] {known()[0], known()[1], positions * step, step},
        element);
  }

  /** A matrix of contiguous rows [rows, C] as the positions of one image [1, C, 1, rows]. */
  Operand image() {
    long all = shape[0] * known()[0];
    return new Operand(
        new long[] {1, shape[1], 1, shape[0]}, new long[] {all, 1, all, known()[0]}, element);
  }

  /** All elements of a matrix of adjacent rows. */
  Operand flat() {
    return reshaped(shape[0] * shape[1]);
  }

  /** An activation of any rank as [N, positions, C]. */
  Operand rows() {
    return new Operand(
        new long[] {shape[0], positions(), shape[1]},
        new long[] {known()[0], positionStep(), known()[1]},
        element);
  }

  /** Product of all axes but 0 and 1. */
  private long positions() {
    return product(2);
  }

  /** Of the lengths of an axis and all behind it. */
  private long product(int axis) {
    long product = 1;
    for (int i = axis; i < shape.length; i++) {
      product = Math.multiplyExact(product, shape[i]);
    }
    return product;
  }

  /** In either layout the axes from 2 on are one. */
  private long positionStep() {
    return shape.length == 2 ? known()[0] : known()[shape.length - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Operand operand
        && element == operand.element
        && Arrays.equals(shape, operand.shape)
        && Arrays.equals(strides, operand.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(shape) + Arrays.hashCode(strides)) + element.hashCode();
  }

  @Override
  public String toString() {
    return element + Arrays.toString(shape) + (strides == null ? "" : Arrays.toString(strides));
  }
}
