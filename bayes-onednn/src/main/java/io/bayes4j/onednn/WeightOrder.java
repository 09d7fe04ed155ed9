package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The order in which a primitive wants a kernel [U, C, ...], found by reordering a kernel whose
 * elements say where they come from: whatever oneDNN chooses is understood.
 *
 * <p>Elements are handled in chunks of {@link #CHUNK}, a heap array each, because C2 turns a loop
 * over several arrays into vector instructions only if it begins at 0 in all of them. A chunk
 * consists of tiles, in which every pair of unit and channel occurs at most once, so that what
 * depends on the pair alone is computed once for all positions of the kernel.
 */
final class WeightOrder {
  static final int CHUNK = Scratch.SIZE;
  private static final int LONGEST_TILE = 1024;

  /** Place in the row-major kernel of each element. */
  private final int[] from;

  /** Unit and channel of each element of a pattern, which holds every pair once. */
  private final int[] units;

  private final int[] channels;

  private final int tile;

  /** Where in the pattern each tile begins. */
  private final int[] patternAt;

  private WeightOrder(int[] from, int[] places, int volume, int tile, int channelCount) {
    this.from = from;
    this.tile = tile;
    units = new int[places.length];
    channels = new int[places.length];
    for (int pair = 0; pair < places.length; pair++) {
      units[places[pair]] = pair / channelCount;
      channels[places[pair]] = pair % channelCount;
    }
    patternAt = new int[from.length / tile];
    for (int t = 0; t < patternAt.length; t++) {
      patternAt[t] = places[from[t * tile] / volume];
    }
  }

  /**
   * The order of a layout.
   *
   * @param shape of the kernel
   * @param layout without gaps
   */
  static WeightOrder of(long[] shape, memory.desc layout) {
    int length = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    INDArray places = Arena.allocate(shape);
    INDArray ordered = Arena.allocate(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    FloatMemory.of(places, "places").write(0, values, length);
    Plan reordering = PlanBuilder.reordering(Operand.rowMajor(shape), layout);
    try {
      reordering.run(places, ordered);
    } finally {
      reordering.release();
    }
    Layout.memory(ordered, "ordered").read(0, values, length);
    Arena.release(places);
    Arena.release(ordered);
    int[] from = new int[length];
    for (int i = 0; i < length; i++) {
      from[i] = (int) values[i];
    }
    int channels = Math.toIntExact(shape[1]);
    int volume = Math.toIntExact(length / shape[0] / channels);
    int tile = LONGEST_TILE;
    int[] pattern = places(from, volume, tile);
    while (pattern == null) {
      tile /= 2;
      pattern = places(from, volume, tile);
    }
    return new WeightOrder(from, pattern, volume, tile, channels);
  }

  /**
   * The place of each pair in the pattern, if tiles of a length make one: tiles that share a pair
   * must be equal. Those of length 1 always do.
   *
   * @return null if they make none
   */
  private static int @Nullable [] places(int[] from, int volume, int tile) {
    int[] places = new int[from.length / volume];
    Arrays.fill(places, -1);
    int used = 0;
    for (int t = 0; t + tile <= from.length; t += tile) {
      int known = places[from[t] / volume];
      int start = known < 0 ? used : known;
      for (int i = 0; i < tile; i++) {
        int pair = from[t + i] / volume;
        if (known < 0 && places[pair] < 0 && used < places.length) {
          places[pair] = used++;
        }
        if (places[pair] != start + i) {
          return null;
        }
      }
    }
    return from.length % tile == 0 && used == places.length ? places : null;
  }

  int length() {
    return from.length;
  }

  int pairs() {
    return units.length;
  }

  int chunks() {
    return (from.length + CHUNK - 1) / CHUNK;
  }

  /** Number of elements of a chunk. */
  int length(int chunk) {
    return Math.min(CHUNK, from.length - chunk * CHUNK);
  }

  /** A row-major kernel in this order. */
  float[][] order(INDArray kernel) {
    float[] values = new float[from.length];
    FloatMemory.of(Layout.ROW_MAJOR.ensure(kernel), "kernel").read(0, values, values.length);
    float[][] ordered = zeros();
    for (int i = 0; i < from.length; i++) {
      ordered[i / CHUNK][i % CHUNK] = values[from[i]];
    }
    return ordered;
  }

  /** The row-major kernel of a shape that is in this order. */
  INDArray restore(float[][] ordered, long[] shape) {
    float[] values = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      values[from[i]] = ordered[i / CHUNK][i % CHUNK];
    }
    INDArray kernel = Arena.allocate(shape);
    FloatMemory.of(kernel, "kernel").write(0, values, values.length);
    return kernel;
  }

  float[][] zeros() {
    float[][] zeros = new float[chunks()][];
    for (int chunk = 0; chunk < zeros.length; chunk++) {
      zeros[chunk] = new float[length(chunk)];
    }
    return zeros;
  }

  /** The product of unit and channel factors for each pair, in the order of the pattern. */
  void multiply(float[] ofUnits, float[] ofChannels, float[] pattern) {
    for (int i = 0; i < units.length; i++) {
      pattern[i] = ofUnits[units[i]] * ofChannels[channels[i]];
    }
  }

  /** Spreads a pattern over the elements of a chunk. */
  void spread(float[] pattern, int chunk, float[] target) {
    int first = chunk * CHUNK / tile;
    for (int at = 0; at < length(chunk); at += tile) {
      System.arraycopy(pattern, patternAt[first + at / tile], target, at, tile);
    }
  }
}
