package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.testing.IntegerContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sums of 8-bit numbers have the same bits on lesser processors: oneDNN has other kernels there,
 * and picks them in a process of its own that is told of fewer instructions.
 */
class InstructionSetsTest {
  private static final String EXACT = "exact by ";

  @ParameterizedTest
  @ValueSource(strings = {"AVX512_CORE_VNNI", "AVX512_CORE", "AVX2_VNNI", "AVX2"})
  void integersAreExact(String instructions) throws IOException, InterruptedException {
    ProcessBuilder child =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            InstructionSetsTest.class.getName());
    child.environment().put("ONEDNN_MAX_CPU_ISA", instructions);
    child.redirectErrorStream(true);
    Process process = child.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(EXACT).doesNotContain("AMX");
  }

  /** Checks the kernels that this process has. */
  public static void main(String[] args) {
    Kernels.with(
        new OneDnn(),
        () -> {
          IntegerContract.check(Kernels.integers());
          System.out.println(EXACT + Kernels.integers().instructions());
          return true;
        });
  }
}
