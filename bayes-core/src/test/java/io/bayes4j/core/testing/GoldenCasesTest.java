package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenCasesTest {
  @Test
  void readsEveryKind() {
    assertThat(GoldenCases.all()).hasSize(115).doesNotHaveDuplicates();
    assertThat(GoldenCases.all()).map(GoldenCase::kind).containsAll(GoldenCases.KINDS);
  }

  @Test
  void readsWhatACaseSays() {
    GoldenCase golden =
        GoldenCases.of("conv_transpose2d").stream()
            .filter(c -> c.name().endsWith("outpad1-groups2-dil/flipout"))
            .findFirst()
            .orElseThrow();
    assertThat(golden.estimator()).isEqualTo("flipout");
    assertThat(golden.in()).isEqualTo(4);
    assertThat(golden.out()).isEqualTo(6);
    assertThat(golden.geometry().kernel()).isEqualTo(List.of(3, 3));
    assertThat(golden.geometry().stride()).isEqualTo(List.of(2, 2));
    assertThat(golden.geometry().padding()).isEqualTo(List.of(1, 1));
    assertThat(golden.geometry().dilation()).isEqualTo(List.of(2, 2));
    assertThat(golden.geometry().groups()).isEqualTo(2);
    assertThat(golden.outputPadding()).isEqualTo(List.of(1, 1));
    assertThat(golden.bias()).isTrue();
    assertThat(golden.priorSigma()).isEqualTo(0.7);
    assertThat(golden.tensor("sign_in").shape()).containsExactly(2, 4, 1, 1);
    assertThat(golden.tensor("mu").shape()).containsExactly(4, 3, 3, 3);
  }

  @Test
  void fillsInWhatIsNotGiven() {
    GoldenCase golden = GoldenCases.of("conv1d").get(0);
    assertThat(golden.geometry().stride()).isEqualTo(List.of(1));
    assertThat(golden.geometry().groups()).isEqualTo(1);
    assertThat(golden.outputPadding()).isEqualTo(List.of(0));
  }

  @Test
  void readsAnLstm() {
    GoldenCase golden = GoldenCases.of("lstm").get(2);
    assertThat(golden.bidirectional()).isTrue();
    assertThat(golden.out()).isEqualTo(3);
    assertThat(golden.has("mu.weight_ih_l0_reverse")).isTrue();
    assertThatIllegalStateException().isThrownBy(golden::geometry);
  }

  @Test
  void readsOptionsOfOtherCases() {
    GoldenCase golden =
        GoldenCases.of("conv2d").stream()
            .filter(c -> c.name().startsWith("conv2d/circular-groups"))
            .findFirst()
            .orElseThrow();
    assertThat(golden.option("padding_mode", "zeros")).isEqualTo("circular");
    assertThat(golden.option("same", "false")).isEqualTo("false");
    assertThat(golden.geometry().padding()).isEqualTo(List.of(2, 1));
  }

  @Test
  void refusesWhatItHasNot() {
    assertThatIllegalArgumentException().isThrownBy(() -> GoldenCases.of("rnn"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoldenCases.of("linear").get(0).tensor("sign_in"))
        .withMessageContaining("no tensor sign_in");
  }

  @Test
  void copiesTensors() {
    GoldenCase golden = GoldenCases.of("linear").get(0);
    golden.tensor("x").assign(0);
    assertThat(golden.tensor("x").getDouble(0, 0)).isNotZero();
  }
}
