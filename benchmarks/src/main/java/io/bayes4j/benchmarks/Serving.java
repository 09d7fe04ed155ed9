package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predictions as a server makes them: how long a call takes while others run, prepared or not, and
 * what memory the process holds over many of them.
 *
 * <p>Usage: {@code benchmarks/run serving latency [THREADS ...] | mixed [CALLS] | predictors
 * [CALLS] | threads [CALLS]}.
 */
final class Serving {
  private static final int DRAWS = 30;
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  private Serving() {}

  public static void main(String[] args) throws Exception {
    int number = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    switch (args.length == 0 ? "" : args[0]) {
      case "latency" -> latency(Arrays.copyOfRange(args, 1, args.length));
      case "mixed" -> mixed(number == 0 ? 100_000 : number);
      case "predictors" -> predictors(number == 0 ? 2000 : number);
      case "threads" -> threads(number == 0 ? 2000 : number);
      default -> throw new IllegalArgumentException("latency, mixed, predictors or threads");
    }
  }

  private static Layer mnistCnn() {
    return Zoo.mnistCnn(
        LayerFactory.variational(Estimator.REPARAMETERIZATION, SPEC, Init.seeded(1)));
  }

  /** For 8 x 8 digits. */
  private static Layer smallCnn() {
    Init init = Init.seeded(1);
    return Sequential.of(
        new Conv2dReparameterization(ConvSpec.conv2d(1, 8, 3), SPEC, init),
        Activation.RELU,
        new Conv2dReparameterization(ConvSpec.conv2d(8, 16, 3), SPEC, init),
        Activation.RELU,
        new Flatten(),
        new LinearReparameterization(256, 10, SPEC, init));
  }

  /** One image of MNIST's size at a time, by so many threads each. */
  private static void latency(String... counts) throws Exception {
    Layer model = mnistCnn();
    MonteCarlo plain = MonteCarlo.of(model).samples(DRAWS);
    INDArray image = Noise.seeded(2).normals(1, 1, 28, 28);
    String[] all = counts.length > 0 ? counts : new String[] {"1", "2", "4", "8", "16"};
    System.out.println("kernels " + Kernels.provider().name() + ", threads " + Parallel.threads());
    long start = System.nanoTime();
    try (PreparedPredictor prepared = plain.prepared(1, 28, 28)) {
      System.out.printf(Locale.ROOT, "prepared in %.0f ms%n", (System.nanoTime() - start) / 1e6);
      for (String count : all) {
        measure("prepared", prepared, image, Integer.parseInt(count), 8);
      }
      for (String count : all) {
        measure("unprepared", plain, image, Integer.parseInt(count), 12);
      }
      System.out.printf(Locale.ROOT, "prepared holds %.1f MB%n", prepared.bytes() / 1e6);
    }
  }

  private static void measure(
      String name, Predictor predictor, INDArray image, int threads, double seconds)
      throws InterruptedException, ExecutionException {
    timed(predictor, image, threads, seconds / 2);
    double[] times = timed(predictor, image, threads, seconds);
    System.out.printf(
        Locale.ROOT,
        "%-10s threads %2d: calls %5d, p50 %7.2f ms, p99 %7.2f ms (%.2f), %6.1f calls/s%n",
        name,
        threads,
        times.length,
        times[times.length / 2],
        times[(int) (times.length * 0.99)],
        times[(int) (times.length * 0.99)] / times[times.length / 2],
        times.length / seconds);
  }

  /** Milliseconds of the calls of all threads, sorted. */
  private static double[] timed(Predictor predictor, INDArray image, int threads, double seconds)
      throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    List<Future<List<Double>>> futures = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      futures.add(
          pool.submit(
              () -> {
                List<Double> times = new ArrayList<>();
                while (System.nanoTime() < end) {
                  long start = System.nanoTime();
                  predictor.classify(image).mean();
                  times.add((System.nanoTime() - start) / 1e6);
                }
                return times;
              }));
    }
    List<Double> all = new ArrayList<>();
    for (Future<List<Double>> future : futures) {
      all.addAll(future.get());
    }
    pool.shutdown();
    return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /** Calls of 1 to 64 examples by four threads. */
  private static void mixed(int calls) throws Exception {
    INDArray[] inputs = new INDArray[64];
    Arrays.setAll(inputs, n -> Noise.seeded(n).normals(n + 1, 1, 8, 8));
    MonteCarlo plain = MonteCarlo.of(smallCnn()).samples(DRAWS);
    double[][] expected = new double[64][];
    Arrays.setAll(expected, n -> plain.outputs(inputs[n]).dup('c').data().asDouble());
    ExecutorService pool = Executors.newFixedThreadPool(4);
    AtomicInteger done = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    try (PreparedPredictor prepared = plain.prepared(1, 8, 8)) {
      List<Future<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        futures.add(
            pool.submit(
                () -> {
                  for (int call = done.getAndIncrement(); call < calls; ) {
                    int n = call * 37 % 64;
                    double[] y = prepared.outputs(inputs[n]).data().asDouble();
                    if (!Arrays.equals(y, expected[n])) {
                      wrong.incrementAndGet();
                    }
                    report(call, calls, prepared.bytes());
                    call = done.getAndIncrement();
                  }
                  return 0;
                }));
      }
      for (Future<Integer> future : futures) {
        future.get();
      }
      System.out.println("calls whose numbers are not those of the unprepared one: " + wrong);
    }
    pool.shutdown();
  }

  /** A predictor for each call. */
  private static void predictors(int calls) throws Exception {
    Layer model = mnistCnn();
    INDArray image = Noise.seeded(2).normals(1, 1, 28, 28);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    AtomicInteger done = new AtomicInteger();
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      futures.add(
          pool.submit(
              () -> {
                for (int call = done.getAndIncrement(); call < calls; ) {
                  MonteCarlo.of(model).samples(3).classify(image);
                  report(call, calls, 0);
                  call = done.getAndIncrement();
                }
                return 0;
              }));
    }
    for (Future<Integer> future : futures) {
      future.get();
    }
    pool.shutdown();
  }

  /** A thread for each call. */
  private static void threads(int calls) throws Exception {
    MonteCarlo predictor = MonteCarlo.of(mnistCnn()).samples(3);
    INDArray image = Noise.seeded(2).normals(1, 1, 28, 28);
    for (int call = 0; call < calls; call++) {
      Thread thread = new Thread(() -> predictor.classify(image));
      thread.start();
      thread.join();
      report(call, calls, 0);
    }
  }

  private static void report(int call, int calls, long bytes) throws IOException {
    if (call == 20 || (call + 1) % Math.max(1, calls / 10) == 0) {
      System.out.printf(
          Locale.ROOT,
          "call %6d: process %5d MB, prepared %.2f MB%n",
          call + 1,
          memory(),
          bytes / 1e6);
    }
  }

  /** Megabytes that the process holds, where the system tells; else -1. */
  private static long memory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
          .findFirst()
          .orElse(-1);
    }
  }
}
