package io.bayes4j.core.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The processors that this program may use: two hardware threads of one core share its arithmetic,
 * so that a second thread on it gains little and often costs.
 */
final class Processors {
  private static final Path LINUX = Path.of("/sys/devices/system/cpu");

  private Processors() {}

  /** Number of physical cores where the system tells, at most that of the processors available. */
  static int cores() {
    return cores(LINUX, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Number of cores by the folders cpu0, cpu1, ... of which those of one core list the same
   * siblings.
   *
   * @param folder where they are; need not exist
   * @param available an upper bound
   */
  static int cores(Path folder, int available) {
    Set<List<String>> siblings = new HashSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        for (Path cpu : entries.toList()) {
          Path list = cpu.resolve("topology/thread_siblings_list");
          if (cpu.getFileName().toString().matches("cpu\\d+") && Files.isReadable(list)) {
            siblings.add(Files.readAllLines(list));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the processors of " + folder, e);
      }
    }
    return siblings.isEmpty() ? available : Math.min(available, siblings.size());
  }
}
