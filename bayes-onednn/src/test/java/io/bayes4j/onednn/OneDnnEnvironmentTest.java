package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.layers.environment.Nd4jEnvironmentTest;
import io.bayes4j.layers.environment.Nd4jSettings;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings that have hurt most, with oneDNN's kernels. */
class OneDnnEnvironmentTest extends Nd4jEnvironmentTest {
  private static final Set<String> NAMES =
      Set.of("mode ANY_PANIC", "many threads for little work", "order");

  static Stream<Nd4jSettings.Change> some() {
    return Nd4jSettings.changes()
        .filter(change -> NAMES.stream().anyMatch(change.name()::contains));
  }

  @Override
  @ParameterizedTest(name = "{0}")
  @MethodSource("some")
  protected void allIsTheSame(Nd4jSettings.Change change) {
    super.allIsTheSame(change);
  }

  @Test
  void computesWithOneDnn() {
    assertThat(Kernels.provider()).isNotSameAs(Kernels.portable());
    assertThat(some()).hasSize(NAMES.size());
  }
}
