package io.bayes4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;

/**
 * Times workloads of the peers in turn, one run of each after the other in one JVM, and prints a
 * JSON line for each: least, first quartile and median of the milliseconds of a run, by the clock
 * and of all Java threads' processor time, which other programs disturb less, and those of the
 * first workload for one of it. Of a single workload it also tells by how many bytes the process
 * has grown after a run, before which all that runs had kept was freed: what its arenas have lent
 * at once. That takes a Java heap that does not grow (-Xms as -Xmx, -XX:+AlwaysPreTouch), and freed
 * memory that goes back (MALLOC_MMAP_THRESHOLD_=65536).
 *
 * <p>Usage: {@code benchmarks/run in-turn SECONDS WORKLOAD ...}, the seconds that are timed in all.
 */
final class InTurn {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double WARM_UP_SECONDS = 15;

  /** Longer than what is idle is kept. */
  private static final long FORGOTTEN_MILLISECONDS = 25_000;

  private final String name;
  private final Runnable body;
  private final DoubleStream.Builder wall = DoubleStream.builder();
  private final DoubleStream.Builder processor = DoubleStream.builder();

  private InTurn(Workload workload) {
    this.name = workload.name();
    this.body = workload.prepare().get();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Require.argument(
        args.length >= 2, "arguments must be SECONDS WORKLOAD ..., got %d", args.length);
    double seconds = Double.parseDouble(args[0]);
    List<InTurn> all = new ArrayList<>();
    for (String name : Arrays.copyOfRange(args, 1, args.length)) {
      all.add(new InTurn(named(name)));
    }
    rounds(all, WARM_UP_SECONDS * all.size(), false);
    rounds(all, seconds, true);
    long bytes = all.size() == 1 ? taken(all.get(0).body) : 0;
    List<Times> times = all.stream().map(InTurn::times).toList();
    for (int i = 0; i < all.size(); i++) {
      Map<String, Object> line = times.get(i).line(all.get(i).name, times.get(0));
      if (all.size() == 1) {
        line.put("bytes of a run", bytes);
      }
      System.out.println(JSON.writeValueAsString(line));
    }
  }

  private static Workload named(String name) {
    return Workloads.all().stream()
        .filter(known -> known.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the workload must be one of " + Peers.names() + ", got " + name));
  }

  /** The median of three times: the JVM takes and frees memory for itself meanwhile. */
  private static long taken(Runnable body) throws InterruptedException {
    long[] taken = new long[3];
    for (int i = 0; i < taken.length; i++) {
      Thread.sleep(FORGOTTEN_MILLISECONDS);
      long before = Pointer.physicalBytes();
      body.run();
      taken[i] = Pointer.physicalBytes() - before;
    }
    return LongStream.of(taken).sorted().toArray()[1];
  }

  private static void rounds(List<InTurn> all, double seconds, boolean timed) {
    long begin = System.nanoTime();
    do {
      all.forEach(each -> each.run(timed));
    } while (System.nanoTime() - begin < seconds * 1e9);
  }

  private void run(boolean timed) {
    double spent = processorMilliseconds();
    long start = System.nanoTime();
    body.run();
    if (timed) {
      wall.add((System.nanoTime() - start) / 1e6);
      processor.add(processorMilliseconds() - spent);
    }
  }

  private Times times() {
    return new Times(wall.build().sorted().toArray(), processor.build().sorted().toArray());
  }

  /** Sorted. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Times(double[] wall, double[] processor) {
    Map<String, Object> line(String name, Times first) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("workload", name);
      line.put("instructions", Kernels.integers().instructions());
      line.put("runs", wall.length);
      line.put("ms", quartiles(wall));
      line.put("ms of processors", quartiles(processor));
      line.put("for one of the first", ratios(quartiles(wall), quartiles(first.wall)));
      line.put("of processors", ratios(quartiles(processor), quartiles(first.processor)));
      return line;
    }

    private static double[] quartiles(double[] sorted) {
      return new double[] {
        rounded(sorted[0]), rounded(sorted[sorted.length / 4]), rounded(sorted[sorted.length / 2])
      };
    }

    private static double[] ratios(double[] mine, double[] others) {
      double[] ratios = new double[mine.length];
      Arrays.setAll(ratios, i -> rounded(mine[i] / others[i]));
      return ratios;
    }

    private static double rounded(double value) {
      return Math.round(value * 1000) / 1000.0;
    }
  }

  /** Of Java's threads, which compute all of it; the whole process is only known in hundredths. */
  private static double processorMilliseconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getAllThreadIds())
            .map(threads::getThreadCpuTime)
            .filter(time -> time > 0)
            .sum()
        / 1e6;
  }
}
