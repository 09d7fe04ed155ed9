package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Channels of a channels-last array, which is a matrix [rows, C], cut into tiles: a power of two of
 * whole rows, as many as a slot of {@link NormLoops} holds.
 *
 * <p>A number for each channel, repeated along a tile, makes every kernel a loop over slots with
 * one index, however few channels there are. Where a row is longer than a slot, the channels are
 * handled in bands that fit.
 *
 * <p>Sums are those of the same parts of the rows whatever the number of threads, added in the
 * order of the rows.
 */
final class ChannelTiles {
  /** Tiles of a part: some microseconds of work, and short enough chains of float additions. */
  private static final int TILES = 32;

  /** Floats that a thread takes at a time at most: memory comes faster in long stretches. */
  private static final int STRETCH = 1 << 17;

  /** Stretches that there are for each thread at least, lest one waits long for another. */
  private static final int STRETCHES = 4;

  /** Rows, evenly spaced, that a first idea of the mean is taken from. */
  private static final int ROUGH_ROWS = 16;

  private static final ThreadLocal<float[]> SLOTS =
      ThreadLocal.withInitial(() -> new float[NormLoops.LENGTH]);

  private final long rows;
  private final int channels;
  private final int first;
  private final int width;
  private final int tileRows;

  private ChannelTiles(long rows, int channels, int first, int width) {
    this.rows = rows;
    this.channels = channels;
    this.first = first;
    this.width = width;
    // Rows of a band are adjacent only if it has all of the channels.
    this.tileRows = width == channels ? Integer.highestOneBit(NormLoops.SLOT / width) : 1;
  }

  /** What is done with the slots for the tiles that begin at rows from ... to - 1. */
  @FunctionalInterface
  interface Task {
    void run(long from, long to, float[] slots);
  }

  /** The bands that make up all channels of an array: one, unless there are very many. */
  static ChannelTiles[] of(INDArray channelsLast) {
    int channels = Math.toIntExact(channelsLast.size(1));
    long rows = channelsLast.length() / channels;
    int most = NormLoops.SLOT;
    ChannelTiles[] bands = new ChannelTiles[(channels + most - 1) / most];
    for (int i = 0; i < bands.length; i++) {
      int first = i * most;
      bands[i] = new ChannelTiles(rows, channels, first, Math.min(most, channels - first));
    }
    return bands;
  }

  /** The number of rows, which is that of the elements of a channel. */
  long rows() {
    return rows;
  }

  /** The first channel. */
  int first() {
    return first;
  }

  /** The number of channels. */
  int width() {
    return width;
  }

  /** The rows of a tile. */
  int tileRows() {
    return tileRows;
  }

  /** The floats of a tile. */
  int length() {
    return tileRows * width;
  }

  /** Fills a slot with the numbers of these channels, row after row. */
  void repeat(float[] perChannel, float[] slots, int slot) {
    for (int at = 0; at < length(); at += width) {
      System.arraycopy(perChannel, first, slots, slot + at, width);
    }
  }

  /** Reads the tile that begins with a row; beyond the last row, the slot is left as it was. */
  void read(FloatMemory source, long row, float[] slots, int slot) {
    source.read(row * channels + first, slots, slot, floats(row));
  }

  /** Reads the tile that begins with a row; beyond the last row, values are at the centre. */
  void readCentred(FloatMemory source, long row, float[] slots, int slot) {
    int n = floats(row);
    if (n > 0) {
      read(source, row, slots, slot);
    }
    System.arraycopy(slots, NormLoops.CENTRE + n, slots, slot + n, length() - n);
  }

  /** Reads the tile that begins with a row; beyond the last row, there are zeros. */
  void readPadded(FloatMemory source, long row, float[] slots, int slot) {
    read(source, row, slots, slot);
    Arrays.fill(slots, slot + floats(row), slot + length(), 0f);
  }

  /** Writes the tile that begins with a row, up to the last row. */
  void write(FloatMemory target, long row, float[] slots, int slot) {
    target.write(row * channels + first, slots, slot, floats(row));
  }

  /** The floats from a row to the end of its tile, or of the array. */
  private int floats(long row) {
    return (int) Math.max(0, Math.min(tileRows, rows - row)) * width;
  }

  /** Rows of a part. */
  private int part() {
    return TILES * tileRows;
  }

  /** Rows that a thread takes at a time: a number of parts, except perhaps at the end. */
  private int stretch() {
    long most = Math.min(STRETCH / width, rows / ((long) STRETCHES * Parallel.threads()));
    return (int) Math.max(1, most / part()) * part();
  }

  /** Runs a task on all rows, each time on whole tiles, but for the end. */
  void forRows(Task task) {
    Parallel.forRange(rows, stretch(), (from, to) -> task.run(from, to, SLOTS.get()));
  }

  /** For each channel, what the task adds to the slots of the sums and the products. */
  double[][] sums(Task task) {
    float[][] partial = new float[Math.toIntExact((rows + part() - 1) / part())][];
    forRows(
        (from, to, slots) -> {
          for (long at = from; at < to; at += part()) {
            partial[(int) (at / part())] = sums(task, at, Math.min(to, at + part()), slots);
          }
        });
    double[][] total = new double[2][width];
    for (float[] both : partial) {
      for (int c = 0; c < width; c++) {
        total[0][c] += both[c];
        total[1][c] += both[width + c];
      }
    }
    return total;
  }

  /** The sums, then the products, of a part. */
  private float[] sums(Task task, long from, long to, float[] slots) {
    Arrays.fill(slots, NormLoops.SUMS, NormLoops.SUMS + length(), 0f);
    Arrays.fill(slots, NormLoops.PRODUCTS, NormLoops.PRODUCTS + length(), 0f);
    task.run(from, to, slots);
    float[] both = new float[2 * width];
    addRows(slots, both, 0);
    System.arraycopy(slots, NormLoops.PRODUCTS, slots, NormLoops.SUMS, length());
    addRows(slots, both, width);
    return both;
  }

  /** Adds the rows of the sums in pairs, then the pairs in pairs, and so on. */
  private void addRows(float[] slots, float[] target, int at) {
    for (int half = length() / 2; half >= width; half /= 2) {
      System.arraycopy(slots, NormLoops.SUMS + half, slots, NormLoops.SPARE, half);
      NormLoops.addSpareToSums(slots, half);
    }
    System.arraycopy(slots, NormLoops.SUMS, target, at, width);
  }

  /**
   * Mean of a few rows of all channels, of which these are set: near enough to the mean that
   * squares of the distance to it keep their digits, where squares of x would not.
   */
  void roughMean(FloatMemory source, float[] mean) {
    int picked = (int) Math.min(rows, ROUGH_ROWS);
    float[] row = new float[width];
    for (int i = 0; i < picked; i++) {
      source.read(i * rows / picked * channels + first, row, width);
      for (int c = 0; c < width; c++) {
        mean[first + c] += row[c] / picked;
      }
    }
  }
}
