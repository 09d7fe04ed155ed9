package io.bayes4j.imports;

import ch.qos.logback.classic.Level;
import io.bayes4j.core.testing.Mutants;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.imports.onnx.OnnxMutants;
import io.bayes4j.layers.io.MalformedTensorFileException;
import io.bayes4j.layers.io.TorchStateDict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files that are changed at random: each is read, or refused as its format's errors say, and
 * nothing else may happen.
 *
 * <pre>ReaderFuzz FOLDER ENDING FIRST COUNT [SCRATCH]</pre>
 *
 * <p>changes the files of a folder whose names have the ending. Input number n depends on n alone,
 * so that a run goes on where another ended, and one input can be tried again. SCRATCH is a folder
 * for the changed file, best one in memory. Faults are kept there, and the inputs that took most
 * processor time are named; a run's own clock also counts what else the machine does.
 */
final class ReaderFuzz {
  private static final long LARGEST_SEED = 1 << 14;
  private static final int SLOWEST = 5;

  /** Inputs after which a long run says how far it is. */
  private static final long REPORTED = 10_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final List<Source> sources;
  private final boolean weights;
  private final Path scratch;
  private final Map<String, Long> outcomes = new TreeMap<>();

  /** Processor time in nanoseconds of all inputs: of making them, and of reading them. */
  private long making;

  private long reading;

  /** Processor time in nanoseconds of the slowest inputs, and which they were. */
  private final TreeMap<Long, Long> slowest = new TreeMap<>();

  /** What makes changed files of one. */
  private interface Source {
    byte[] next(long number) throws IOException;
  }

  ReaderFuzz(Path folder, String ending, Path scratch) throws IOException {
    this.scratch = scratch;
    this.weights = ending.startsWith("pt");
    List<Source> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ending)).sorted().toList()) {
        if (Files.size(file) <= LARGEST_SEED) {
          all.add(ending.equals("onnx") ? OnnxMutants.of(file)::next : Mutants.of(file)::next);
        }
      }
    }
    this.sources = List.copyOf(all);
  }

  public static void main(String[] arguments) throws IOException {
    Path scratch = arguments.length > 4 ? Path.of(arguments[4]) : Files.createTempDirectory("fuzz");
    ReaderFuzz fuzz = new ReaderFuzz(Path.of(arguments[0]), arguments[1], scratch);
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
        instanceof ch.qos.logback.classic.Logger l) {
      l.setLevel(Level.OFF);
    }
    long begin = System.nanoTime();
    long first = Long.parseLong(arguments[2]);
    long end = first + Long.parseLong(arguments[3]);
    for (long next = first; next < end; next += REPORTED) {
      fuzz.run(next, Math.min(REPORTED, end - next));
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          Locale.ROOT, "to %d: %s in %.0f s%n", Math.min(next + REPORTED, end), fuzz, seconds);
    }
  }

  /** Reads the inputs of these numbers; faults are counted under their classes. */
  void run(long first, long count) throws IOException {
    Path file = scratch.resolve("input");
    for (long number = first; number < first + count; number++) {
      long begin = processorTime();
      int source = (int) Math.floorMod(number, (long) sources.size());
      byte[] input = sources.get(source).next(number);
      Files.write(file, input);
      long made = processorTime();
      String outcome = outcome(file);
      long read = processorTime();
      making += made - begin;
      reading += read - made;
      note(number, read - made);
      if (outcome.startsWith("fault")) {
        Files.write(scratch.resolve("fault-" + number), input);
      }
      outcomes.merge(outcome, 1L, Long::sum);
    }
  }

  private static long processorTime() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private String outcome(Path file) {
    try {
      if (weights) {
        TorchStateDict.read(file);
      } else {
        ModelFile.read(file);
      }
      return "read";
    } catch (MalformedModelFileException | MalformedTensorFileException e) {
      return named("malformed", e, file);
    } catch (UnsupportedModelException e) {
      return named("unsupported", e, file);
    } catch (IllegalArgumentException e) {
      boolean known = String.valueOf(e.getMessage()).startsWith("file must be ");
      return known ? "of no known format" : "fault " + e;
    } catch (IOException | RuntimeException | Error e) {
      return "fault " + e;
    }
  }

  private static String named(String outcome, Exception e, Path file) {
    return e.getMessage().startsWith(file.toString()) ? outcome : "fault without its file, " + e;
  }

  private void note(long number, long took) {
    slowest.put(took, number);
    if (slowest.size() > SLOWEST) {
      slowest.pollFirstEntry();
    }
  }

  /** How many inputs had which outcome. */
  Map<String, Long> outcomes() {
    return Map.copyOf(outcomes);
  }

  @Override
  public String toString() {
    double inputs = 1e6 * outcomes.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder text = new StringBuilder(outcomes.toString());
    text.append(String.format(Locale.ROOT, ", reading takes %.2f ms", reading / inputs));
    text.append(String.format(Locale.ROOT, ", making %.2f ms, slowest", making / inputs));
    slowest
        .descendingMap()
        .forEach(
            (took, n) ->
                text.append(" ").append(n).append(": ").append(took / 1_000_000).append(" ms"));
    return text.toString();
  }
}
