package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.KernelProvider.ConvGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the convolutions and batch normalisations of a training step of CIFAR's ResNet-20 take by
 * themselves: each of its three shapes, kernel after kernel of one kind, on all threads.
 *
 * <p>A kind of kernel walks around a ring of as many layers as the network has of the shape, whose
 * arrays do not stay in the cache, as in a step.
 *
 * <p>Prints a JSON line for each precision, shape and kind, with the milliseconds of one layer, and
 * one with the milliseconds of all layers of the network. Sums of blocks, changes of shape, weights
 * and the graph come on top in a step.
 *
 * <p>Usage: {@code benchmarks/run training-rates}.
 */
final class TrainingRates {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final int IMAGES = 128;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final int ROUNDS = 60;
  private static final double EPSILON = 1e-5;

  private TrainingRates() {}

  /** Convolutions of one shape, each with a batch normalisation and a ReLU behind it. */
  private record Stage(int channels, int layers) {
    int side() {
      return 512 / channels;
    }
  }

  public static void main(String[] args) throws IOException {
    List<Stage> stages = List.of(new Stage(16, 7), new Stage(32, 6), new Stage(64, 6));
    for (Precision precision : Precision.values()) {
      Map<String, Double> network = new LinkedHashMap<>();
      for (Stage stage : stages) {
        Map<String, Double> layer =
            Kernels.in(precision, () -> new Arena().scope(() -> new Ring(stage).times()));
        layer.forEach((kind, ms) -> network.merge(kind, stage.layers * ms, Double::sum));
        print(precision, stage.channels + " channels", layer);
      }
      network.put("all", network.values().stream().mapToDouble(ms -> ms).sum());
      print(precision, "network", network);
    }
  }

  private static void print(Precision precision, String of, Map<String, Double> milliseconds)
      throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("precision", precision);
    line.put("of", of);
    milliseconds.forEach((kind, ms) -> line.put(kind, Math.round(1000 * ms) / 1000.0));
    System.out.println(JSON.writeValueAsString(line));
  }

  /** The layers of a stage. */
  private static final class Ring {
    private final Stage stage;
    private final List<INDArray> inputs = new ArrayList<>();
    private final List<BatchNorm> norms = new ArrayList<>();
    private final INDArray weight;
    private final INDArray ones;

    Ring(Stage stage) {
      this.stage = stage;
      int c = stage.channels;
      DataType type = Kernels.provider().keepsBfloat16() ? DataType.BFLOAT16 : DataType.FLOAT;
      weight = Noise.seeded(1).normals(c, c, 3, 3).muli(0.1);
      ones = Arena.allocate(c).assign(1);
      for (int i = 0; i < stage.layers; i++) {
        INDArray numbers = Noise.seeded(i).normals(IMAGES, c, stage.side(), stage.side());
        inputs.add(Kernels.cast(Layout.CHANNELS_LAST.ensure(numbers), type));
        norms.add(norm(i));
      }
    }

    private BatchNorm norm(int layer) {
      return Kernels.provider().batchNorm(inputs.get(layer), ones, ones, EPSILON, Epilogue.RELU);
    }

    Map<String, Double> times() {
      Map<String, Double> times = new LinkedHashMap<>();
      times.put(
          "convolutions", time(i -> List.of(Kernels.conv(inputs.get(i), weight, null, SAME))));
      times.put("gradients of convolutions", time(this::convolutionBackward));
      times.put("normalisations", time(i -> arrays(norm(i))));
      times.put("gradients of normalisations", time(this::normBackward));
      return times;
    }

    private List<INDArray> convolutionBackward(int layer) {
      ConvGradients both =
          Kernels.convBackward(inputs.get(layer), weight, norms.get(layer).y(), SAME);
      return List.of(both.x(), both.weight());
    }

    private List<INDArray> normBackward(int layer) {
      BatchNormGradients all =
          Kernels.provider()
              .batchNormBackward(
                  inputs.get(layer),
                  inputs.get(layer),
                  ones,
                  norms.get(layer),
                  EPSILON,
                  Epilogue.RELU);
      return List.of(all.x(), all.scale(), all.shift());
    }

    /** The memory of a normalisation may be one of its arguments. */
    private List<INDArray> arrays(BatchNorm norm) {
      return Stream.of(norm.y(), norm.mean(), norm.variance(), norm.memory())
          .filter(array -> array != null && array != ones)
          .toList();
    }

    /** Median over rounds of the milliseconds of a layer, once the JVM has compiled the kernel. */
    private double time(IntFunction<List<INDArray>> kernel) {
      List<List<INDArray>> results = new ArrayList<>();
      for (int i = 0; i < stage.layers; i++) {
        results.add(kernel.apply(i));
      }
      long end = System.nanoTime() + WARM_UP.toNanos();
      while (System.nanoTime() < end) {
        round(kernel, results);
      }
      double[] rounds = DoubleStream.generate(() -> round(kernel, results)).limit(ROUNDS).toArray();
      results.forEach(result -> result.forEach(Arena::release));
      Arrays.sort(rounds);
      return rounds[ROUNDS / 2];
    }

    /** Milliseconds of a layer; results stay until they are replaced. */
    private double round(IntFunction<List<INDArray>> kernel, List<List<INDArray>> results) {
      long begin = System.nanoTime();
      for (int i = 0; i < stage.layers; i++) {
        results.set(i, kernel.apply(i)).forEach(Arena::release);
      }
      return (System.nanoTime() - begin) / 1e6 / stage.layers;
    }
  }
}
