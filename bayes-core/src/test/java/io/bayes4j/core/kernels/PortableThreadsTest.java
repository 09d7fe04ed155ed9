package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Attentions;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The portable kernels have the same bits whatever OMP_NUM_THREADS, which is read when a process
 * starts: each number gets a process of its own.
 */
class PortableThreadsTest {
  @Test
  void giveTheSameBitsInEveryProcess() throws Exception {
    List<String> alone = hashes(Map.of("OMP_NUM_THREADS", "1"), "1");
    assertThat(alone).hasSizeGreaterThan(20);
    assertThat(hashes(Map.of("OMP_NUM_THREADS", "3"), "2")).isEqualTo(alone);
    assertThat(hashes(Map.of("OMP_NUM_THREADS", "8", "OMP_DYNAMIC", "true"), "3")).isEqualTo(alone);
  }

  private static List<String> hashes(Map<String, String> environment, String threads)
      throws IOException, InterruptedException {
    ProcessBuilder child =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Dbayes4j.threads=" + threads,
            "-cp",
            System.getProperty("java.class.path"),
            PortableThreadsTest.class.getName());
    child.environment().putAll(environment);
    child.redirectErrorStream(true);
    Process process = child.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().filter(line -> line.startsWith("hash ")).collect(Collectors.toList());
  }

  /** Prints a hash of each result. */
  public static void main(String[] args) {
    Map<String, INDArray> results = new TreeMap<>();
    products(results);
    convolutions(results);
    poolings(results);
    arithmetic(results);
    results.forEach(
        (name, result) ->
            System.out.println(
                "hash " + name + " " + Arrays.hashCode(FloatMemory.numbers(result, name))));
  }

  private static void products(Map<String, INDArray> results) {
    KernelProvider kernels = Kernels.portable();
    for (int[] s : new int[][] {{128, 784, 400}, {32, 784, 1024}, {1, 1500, 70}, {45, 333, 517}}) {
      INDArray a = Samples.normals(1, s[0], s[1]);
      INDArray b = Samples.normals(2, s[1], s[2]);
      INDArray transposed = b.transpose().dup('c');
      String name = Arrays.toString(s).replace(" ", "");
      results.put("rows" + name, kernels.matmul(a, false, b, false));
      results.put("linear" + name, kernels.linear(a, transposed, Samples.normals(3, s[2])));
      results.put("gradient" + name, kernels.matmul(a.transpose().dup('c'), true, b, false));
    }
    Var stack = Var.constant(Samples.normals(4, 4, 3, 133, 64));
    Var other = Var.constant(Samples.normals(5, 4, 3, 133, 64));
    results.put("attention", Attentions.matmulTransposed(stack, other).value());
  }

  private static void convolutions(Map<String, INDArray> results) {
    KernelProvider kernels = Kernels.portable();
    for (int rank = 1; rank <= 3; rank++) {
      ConvGeometry g =
          new ConvGeometry(
              Collections.nCopies(rank, 3),
              Collections.nCopies(rank, 1),
              Collections.nCopies(rank, 1),
              Collections.nCopies(rank, 1),
              1);
      int size = new int[] {400, 20, 8}[rank - 1];
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 6, shape(rank, 19, 8, size));
      INDArray w = Samples.normals(7, shape(rank, 24, 8, 3));
      INDArray y = kernels.conv(x, w, Samples.normals(8, 24), g);
      KernelProvider.ConvGradients both = kernels.convBackward(x, w, y, g);
      results.put("conv" + rank, y);
      results.put("both" + rank + "x", both.x());
      results.put("both" + rank + "w", both.weight());
      results.put("data" + rank, kernels.convBackwardData(y, w, x.shape(), g));
      results.put("weights" + rank, kernels.convBackwardWeights(x, y, w.shape(), g));
    }
  }

  private static long[] shape(int rank, long first, long second, long size) {
    long[] shape = new long[rank + 2];
    Arrays.fill(shape, size);
    shape[0] = first;
    shape[1] = second;
    return shape;
  }

  private static void poolings(Map<String, INDArray> results) {
    KernelProvider kernels = Kernels.portable();
    ConvGeometry window =
        new ConvGeometry(List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1), 1);
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 9, 19, 8, 20, 20);
    INDArray max = kernels.maxPool(x, window);
    INDArray mean = kernels.avgPool(x, window);
    results.put("max", max);
    results.put("maxGradient", kernels.maxPoolBackward(x, max, max, window));
    results.put("average", mean);
    results.put("averageGradient", kernels.avgPoolBackward(mean, x.shape(), window));
    results.put("norm", kernels.batchNorm(x, ones(8), ones(8), 1e-5).y());
    results.put("sum", kernels.channelSum(x));
  }

  private static INDArray ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1f);
    return Arena.vector(ones);
  }

  private static void arithmetic(Map<String, INDArray> results) {
    Var x = Var.constant(Samples.normals(10, 1000, 317));
    Parameter row = new Parameter(Samples.normals(11, 317));
    results.put("sumOfRows", Ops.sum(x, 0).value());
    results.put("sumOfColumns", Ops.sum(x, 1).value());
    results.put("exp", Ops.exp(x).value());
    results.put("broadcast", Gradients.of(Ops.sum(Ops.square(Ops.mul(x, row.var())))).get(row));
  }
}
