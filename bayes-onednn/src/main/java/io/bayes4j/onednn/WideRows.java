package io.bayes4j.onednn;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows of a channels-last array, which is a matrix [rows, C], some of them side by side as one wide
 * row. Numbers of channels that fill no whole vector registers keep oneDNN from its fast kernels,
 * few channels make those slower, and sums over fewer rows lose fewer digits.
 *
 * @param first row
 * @param count number of wide rows
 * @param repeats rows of the array in a wide row
 * @param channels length of a row of the array
 */
record WideRows(long first, long count, int repeats, int channels) {
  /** Wide rows are multiples of this long. */
  private static final int VECTOR = 16;

  /** Longer than this they bring nothing. */
  private static final int LENGTH = 128;

  /** Elements of a piece, so that what its steps hand on stays in the cache of a core. */
  private static final int PIECE = 1 << 16;

  /** All rows of an array, cut by its shape alone: what makes up no wide row remains by itself. */
  static List<WideRows> of(INDArray channelsLast) {
    int channels = Math.toIntExact(channelsLast.size(1));
    long rows = channelsLast.length() / channels;
    int repeats = 1;
    while (repeats * channels % VECTOR != 0) {
      repeats *= 2;
    }
    while (2 * repeats * channels <= LENGTH
        && (rows % (2L * repeats) == 0 || rows * channels > PIECE)) {
      repeats *= 2;
    }
    List<WideRows> parts = new ArrayList<>();
    long rest = rows % repeats;
    if (rest < rows) {
      parts.add(new WideRows(0, rows / repeats, repeats, channels));
    }
    if (rest > 0) {
      parts.add(new WideRows(rows - rest, rest, 1, channels));
    }
    return parts;
  }

  int length() {
    return repeats * channels;
  }

  /** Whether oneDNN has fast kernels for rows of this length. */
  boolean fillVectors() {
    return length() % VECTOR == 0;
  }

  /** Wide rows of every piece but perhaps the last. */
  long grain() {
    return Math.min(count, Math.max(1, PIECE / length()));
  }

  int pieces() {
    return Math.toIntExact((count + grain() - 1) / grain());
  }

  /** Wide rows of the last piece if it is shorter than the others, else 0. */
  long rest() {
    return count % grain();
  }

  /** Wide rows of a piece. */
  long rowsOf(long piece) {
    return Math.min(grain(), count - piece * grain());
  }
}
