package io.bayes4j.benchmarks;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.layers.io.TorchStateDict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads a file of weights, or a network, beside reading nothing but its bytes.
 *
 * <pre>LoadingRates SMALL FILE [REPEATS]</pre>
 *
 * <p>SMALL is a file of the same format, read first so that classes are loaded before memory is
 * measured. The memory is the most of its own that the process had while FILE was read for the
 * first time, beyond what it had before, as Linux counts it; pages of a mapped file, which the
 * system can take back, are not of them.
 */
public final class LoadingRates {
  private static final int REPEATS = 25;

  private LoadingRates() {}

  /** Prints both times and the memory. */
  public static void main(String[] arguments) throws IOException {
    Path small = Path.of(arguments[0]);
    Path file = Path.of(arguments[1]);
    int repeats = arguments.length > 2 ? Integer.parseInt(arguments[2]) : REPEATS;
    for (int i = 0; i < 3; i++) {
      load(small);
    }
    System.gc();
    double before = ownMemory();
    Sampler sampler = new Sampler();
    sampler.start();
    Object kept = load(file);
    double taken;
    try {
      taken = sampler.most() - before;
    } finally {
      Reference.reachabilityFence(kept);
    }
    double[] bytes = new double[repeats];
    double[] loads = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      System.gc();
      bytes[i] = seconds(() -> readBytes(file));
      System.gc();
      loads[i] = seconds(() -> load(file));
    }
    double size = Files.size(file) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "%s, %.0f MB: bytes %.3f s, loaded %.3f s (ratio %.2f), memory %.0f MB (%.2f of the file)%n",
        file.getFileName(),
        size,
        median(bytes),
        median(loads),
        median(loads) / median(bytes),
        taken,
        taken / size);
  }

  /** Looks at the process's memory all the time. */
  private static final class Sampler extends Thread {
    private volatile boolean ended;
    private volatile double most;

    @Override
    public void run() {
      while (!ended) {
        most = Math.max(most, ownMemory());
      }
    }

    double most() {
      most = Math.max(most, ownMemory());
      ended = true;
      return most;
    }
  }

  private interface Work {
    Object run() throws IOException;
  }

  private static double seconds(Work work) throws IOException {
    long begin = System.nanoTime();
    Object kept = work.run();
    try {
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      Reference.reachabilityFence(kept);
    }
  }

  private static Object load(Path file) throws IOException {
    boolean network = file.toString().matches(".*\\.(onnx|keras|h5|dl4j)");
    return network ? ModelFile.read(file) : TorchStateDict.read(file);
  }

  /** All bytes in memory of their size. */
  private static ByteBuffer readBytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer all = ByteBuffer.allocateDirect((int) channel.size());
      while (all.hasRemaining() && channel.read(all) >= 0) {}
      return all;
    }
  }

  /** Memory that is no part of a file, in millions of bytes. */
  private static double ownMemory() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
