package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The products of attention, as the provider computes them and matrix by matrix, in turn. Prints a
 * JSON line for each: median and least microseconds of a call, by the clock and of all threads.
 *
 * <p>Usage: {@code benchmarks/run stack-rates [SECONDS]}, the seconds for each product, 2 unless
 * said.
 */
final class StackRates {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Calls of a reading take about so long. */
  private static final double READING_SECONDS = 0.02;

  private StackRates() {}

  /** A product of attention: scores of queries and keys, mixed values, a gradient. */
  private enum Product {
    SCORES(false, true),
    MIXED(false, false),
    GRADIENT(true, false);

    private final boolean transposeA;
    private final boolean transposeB;

    Product(boolean transposeA, boolean transposeB) {
      this.transposeA = transposeA;
      this.transposeB = transposeB;
    }
  }

  public static void main(String[] args) throws IOException {
    double seconds = args.length == 0 ? 2 : Double.parseDouble(args[0]);
    for (Precision precision : Precision.values()) {
      for (long[] shape :
          new long[][] {
            {8, 4, 16, 32},
            {32, 4, 16, 64},
            {8, 8, 64, 32},
            {32, 4, 64, 64},
            {8, 4, 197, 32},
            {8, 6, 197, 64},
            {32, 6, 197, 64},
            {1, 6, 197, 64}
          }) {
        for (Product product : Product.values()) {
          print(precision, product, shape, seconds);
        }
      }
    }
  }

  /** The provider's other kernels, and products matrix by matrix, as providers have by default. */
  private static KernelProvider oneByOne(KernelProvider provider) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            method.getName().equals("matmuls")
                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                : method.invoke(provider, arguments);
    return (KernelProvider)
        Proxy.newProxyInstance(
            KernelProvider.class.getClassLoader(), new Class<?>[] {KernelProvider.class}, handler);
  }

  private static void print(Precision precision, Product product, long[] shape, double seconds)
      throws IOException {
    long[] square = {shape[0], shape[1], shape[2], shape[2]};
    INDArray a = Noise.seeded(1).normals(product == Product.SCORES ? shape : square);
    INDArray b = Noise.seeded(2).normals(shape);
    KernelProvider provider = Kernels.provider().in(precision);
    Side one = new Side(oneByOne(provider), product, a, b);
    Side all = new Side(provider, product, a, b);
    int calls = Math.max(1, (int) (READING_SECONDS / Math.max(one.seconds(), 1e-6)));
    int readings = (int) Math.max(5, seconds / (2 * READING_SECONDS));
    for (int i = -readings / 4; i < readings; i++) {
      one.read(calls, i >= 0);
      all.read(calls, i >= 0);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("precision", precision);
    line.put("product", product);
    line.put("shape", shape);
    line.put("one by one", one.line());
    line.put("provider", all.line());
    line.put("ratio of medians", ratios(all.line(), one.line()));
    System.out.println(JSON.writeValueAsString(line));
  }

  private static double[] ratios(double[] mine, double[] others) {
    return new double[] {
      Math.round(1000 * mine[0] / others[0]) / 1000.0,
      Math.round(1000 * mine[2] / others[2]) / 1000.0
    };
  }

  /** One way to compute a product, and what calls took. */
  private static final class Side {
    private final KernelProvider kernels;
    private final Product product;
    private final INDArray a;
    private final INDArray b;
    private final Arena arena = new Arena();
    private final List<double[]> times = new ArrayList<>();

    Side(KernelProvider kernels, Product product, INDArray a, INDArray b) {
      this.kernels = kernels;
      this.product = product;
      this.a = a;
      this.b = b;
    }

    /** What a call takes, about. */
    double seconds() {
      for (int i = 0; i < 200; i++) {
        call();
      }
      long begin = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        call();
      }
      return (System.nanoTime() - begin) / 20e9;
    }

    private void call() {
      arena.scope(() -> kernels.matmuls(a, product.transposeA, b, product.transposeB).length());
    }

    void read(int calls, boolean kept) {
      double spent = processorMicroseconds();
      long begin = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        call();
      }
      double wall = (System.nanoTime() - begin) / 1e3 / calls;
      if (kept) {
        times.add(new double[] {wall, (processorMicroseconds() - spent) / calls});
      }
    }

    /** Median and least by the clock, median and least of processors. */
    double[] line() {
      double[] line = new double[4];
      for (int i = 0; i < 2; i++) {
        int which = i;
        double[] sorted = times.stream().mapToDouble(time -> time[which]).sorted().toArray();
        line[2 * i] = Math.round(10 * sorted[sorted.length / 2]) / 10.0;
        line[2 * i + 1] = Math.round(10 * sorted[0]) / 10.0;
      }
      return line;
    }
  }

  /** Of Java's threads, which compute all of it. */
  private static double processorMicroseconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getAllThreadIds())
            .map(threads::getThreadCpuTime)
            .filter(time -> time > 0)
            .sum()
        / 1e3;
  }
}
