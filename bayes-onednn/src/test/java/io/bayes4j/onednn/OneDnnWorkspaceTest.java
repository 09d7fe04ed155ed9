package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.layers.environment.WorkspaceTest;
import org.junit.jupiter.api.Test;

/** The same with oneDNN's kernels. */
class OneDnnWorkspaceTest extends WorkspaceTest {
  @Test
  void computesWithOneDnn() {
    assertThat(Kernels.provider()).isNotSameAs(Kernels.portable());
  }
}
