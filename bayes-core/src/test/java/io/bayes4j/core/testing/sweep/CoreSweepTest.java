package io.bayes4j.core.testing.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** All of bayes-core but noise and measures, called with every wrong argument. */
final class CoreSweepTest {
  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep = CoreSweep.sweep().run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(2500);
  }
}
