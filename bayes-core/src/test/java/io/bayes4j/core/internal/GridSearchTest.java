package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GridSearchTest {
  @Test
  void theHigherOfTwoPeaksIsFound() {
    double place =
        GridSearch.greatest(
            x -> Math.exp(-50 * (x - 0.2) * (x - 0.2)) + 2 * Math.exp(-50 * (x - 3) * (x - 3)),
            -1,
            4,
            41);
    assertThat(place).isCloseTo(3, within(1e-6));
  }

  @Test
  void anEndMayBeGreatest() {
    assertThat(GridSearch.greatest(x -> x, -1, 4, 3)).isCloseTo(4, within(1e-6));
    assertThat(GridSearch.greatest(x -> -x, -1, 4, 3)).isCloseTo(-1, within(1e-6));
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GridSearch.greatest(x -> x, 1, 1, 3))
        .withMessage("most must be > least (=1.0), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GridSearch.greatest(x -> x, 0, 1, 1))
        .withMessage("points must be >= 2, got 1");
  }
}
