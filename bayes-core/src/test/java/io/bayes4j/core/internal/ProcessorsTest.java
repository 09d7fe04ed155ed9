package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsTest {
  @TempDir private Path folder;

  private void processor(String name, String siblings) throws IOException {
    Path topology = Files.createDirectories(folder.resolve(name).resolve("topology"));
    Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
  }

  @Test
  void twoThreadsOfOneCoreCountOnce() throws IOException {
    processor("cpu0", "0,4");
    processor("cpu1", "1,5");
    processor("cpu4", "0,4");
    processor("cpu5", "1,5");
    Files.createDirectories(folder.resolve("cpufreq"));
    assertThat(Processors.cores(folder, 4)).isEqualTo(2);
    assertThat(Processors.cores(folder, 1)).as("a container with one processor").isEqualTo(1);
  }

  @Test
  void allCountWhereTheSystemDoesNotTell() {
    assertThat(Processors.cores(folder, 3)).isEqualTo(3);
    assertThat(Processors.cores(folder.resolve("missing"), 3)).isEqualTo(3);
  }

  @Test
  void hereThereIsAtLeastOne() {
    assertThat(Processors.cores()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }
}
