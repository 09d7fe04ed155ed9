package io.bayes4j.benchmarks;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.layers.io.TorchStateDict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads a file of weights, or a network, beside reading nothing but its bytes.
 *
 * <pre>LoadingRates SMALL FILE [REPEATS]</pre>
 *
 * <p>SMALL is a file of the same format, read first so that classes are loaded before memory is
 * measured. The memory is the most of its own that the process had while FILE was read for the
 * first time, beyond what it had before, as Linux counts it; pages of a mapped file, which the
 * system can take back, are not of them. A file of Deeplearning4j (.dl4j) is packed: beside it, it
 * is unpacked and nothing else.
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
    Times bytes = new Times(repeats);
    Times loads = new Times(repeats);
    Times unpacked = new Times(repeats);
    boolean packed = file.toString().endsWith(".dl4j");
    for (int i = 0; i < repeats; i++) {
      System.gc();
      bytes.measure(i, () -> readBytes(file));
      if (packed) {
        unpacked.measure(i, () -> unpack(file));
      }
      System.gc();
      loads.measure(i, () -> load(file));
    }
    double size = Files.size(file) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "%s, %.0f MB: bytes %s, loaded %s (ratio %.2f, of processor time %.2f), memory %.0f MB (%.2f"
            + " of the file)%n",
        file.getFileName(),
        size,
        bytes,
        loads,
        median(loads.clock) / median(bytes.clock),
        mean(loads.processor) / mean(bytes.processor),
        taken,
        taken / size);
    if (packed) {
      System.out.printf(
          Locale.ROOT,
          "unpacked %s (ratio of loading to it %.2f)%n",
          unpacked,
          median(loads.clock) / median(unpacked.clock));
    }
  }

  /**
   * Seconds by the clock, and of all threads on their processors, which other work changes less.
   */
  private static final class Times {
    private final double[] clock;
    private final double[] processor;

    Times(int count) {
      this.clock = new double[count];
      this.processor = new double[count];
    }

    void measure(int number, Work work) throws IOException {
      Duration used = processorTime();
      long begin = System.nanoTime();
      Object kept = work.run();
      try {
        clock[number] = (System.nanoTime() - begin) / 1e9;
        processor[number] = processorTime().minus(used).toMillis() / 1e3;
      } finally {
        Reference.reachabilityFence(kept);
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%.3f s (processor %.3f s)", median(clock), mean(processor));
    }
  }

  /** Looks at the process's memory each millisecond; more often, its own garbage would count. */
  private static final class Sampler extends Thread {
    private volatile boolean ended;
    private volatile double most;

    @Override
    public void run() {
      while (!ended) {
        most = Math.max(most, ownMemory());
        LockSupport.parkNanos(1_000_000);
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

  /** All bytes of all entries, into one piece of memory. */
  private static byte[] unpack(Path file) throws IOException {
    byte[] piece = new byte[1 << 16];
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          while (in.read(piece) >= 0) {}
        }
      }
    }
    return piece;
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

  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  /** Of times that the system counts in hundredths of a second. */
  private static double mean(double[] numbers) {
    return Arrays.stream(numbers).average().orElseThrow();
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
