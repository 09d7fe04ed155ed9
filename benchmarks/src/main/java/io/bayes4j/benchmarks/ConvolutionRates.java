package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the convolutions of CIFAR's ResNet-20 could reach at most: each of its three shapes, summed
 * in place as at the end of a block, again and again, on all threads at once.
 *
 * <p>A thread walks around a ring of arrays: few of them stay in the cache of its core, many only
 * in the cache that cores share, or in none.
 *
 * <p>Prints one JSON line for each shape, precision, number of images and length of the ring.
 *
 * <p>Usage: {@code benchmarks/run convolution-rates}.
 */
final class ConvolutionRates {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final double SECONDS = 0.5;
  private static final int ROUNDS = 5;

  private ConvolutionRates() {}

  public static void main(String[] args) throws IOException {
    for (Precision precision : Precision.values()) {
      for (int images : new int[] {8, 32}) {
        for (int ring : new int[] {2, 16}) {
          for (int channels : new int[] {16, 32, 64}) {
            print(precision, images, ring, channels);
          }
        }
      }
    }
  }

  private static void print(Precision precision, int images, int ring, int channels)
      throws IOException {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      best = Math.max(best, rate(precision, images, ring, channels));
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("precision", precision);
    line.put("channels", channels);
    line.put("images", images);
    line.put("arrays", ring);
    line.put("GFLOP/s", Math.round(best));
    line.put("threads", Parallel.threads());
    System.out.println(JSON.writeValueAsString(line));
  }

  /** GFLOP/s of all threads together. */
  private static double rate(Precision precision, int images, int ring, int channels) {
    DoubleAdder sum = new DoubleAdder();
    Parallel.forRange(
        Parallel.threads(),
        1,
        (from, to) ->
            sum.add(
                Kernels.in(
                    precision, () -> new Arena().scope(() -> walk(images, ring, channels)))));
    return sum.sum();
  }

  private static double walk(int images, int ring, int channels) {
    int side = 512 / channels;
    DataType type = Kernels.provider().keepsBfloat16() ? DataType.BFLOAT16 : DataType.FLOAT;
    INDArray numbers =
        Layout.CHANNELS_LAST.ensure(Noise.seeded(1).normals(images, channels, side, side));
    List<INDArray> arrays = new ArrayList<>();
    for (int i = 0; i < ring; i++) {
      arrays.add(Kernels.cast(numbers, type));
    }
    // Zeros keep the sums as they are, however often they are added.
    INDArray weight = Arena.allocate(channels, channels, 3, 3).assign(0);
    PreparedConv conv = Kernels.prepareConv(weight, null, SAME);
    long begin = System.nanoTime();
    long calls = 0;
    while (System.nanoTime() - begin < SECONDS * 1e9) {
      for (int i = 0; i < ring; i++) {
        conv.conv(arrays.get(i), new Epilogue(arrays.get((i + 1) % ring), true, true));
        calls++;
      }
    }
    double operations = 2.0 * numbers.length() * channels * 9;
    return calls * operations / (System.nanoTime() - begin);
  }
}
