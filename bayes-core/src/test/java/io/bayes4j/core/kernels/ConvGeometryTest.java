package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvGeometryTest {
  private static final List<Integer> ONES = List.of(1, 1);
  private static final List<Integer> ZEROS = List.of(0, 0);

  private static ConvGeometry line(int kernel, int stride, int padding, int dilation) {
    return new ConvGeometry(
        List.of(kernel), List.of(stride), List.of(padding), List.of(dilation), 1);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 3, 1, 0, 1, 8",
    "10, 3, 2, 0, 1, 4",
    "10, 3, 2, 1, 1, 5",
    "11, 3, 2, 1, 1, 6",
    "10, 3, 1, 2, 2, 10",
    "3, 3, 1, 0, 1, 1",
    "5, 3, 7, 0, 2, 1",
    "1, 1, 1, 0, 9, 1"
  })
  void outputLength(int in, int kernel, int stride, int padding, int dilation, int out) {
    assertThat(line(kernel, stride, padding, dilation).outputLength(0, in)).isEqualTo(out);
  }

  @Test
  void outputShapeDoesNotWriteIntoItsArgument() {
    ConvGeometry g = new ConvGeometry(List.of(3, 2), List.of(2, 1), ZEROS, ONES, 1);
    long[] in = {5, 4, 9, 8};
    assertThat(g.outputShape(in, 7)).containsExactly(5, 7, 4, 7);
    assertThat(in).containsExactly(5, 4, 9, 8);
  }

  @Test
  void refusesInputsThatAreTooShortOrOfAnotherRank() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> line(3, 1, 0, 2).outputLength(0, 4))
        .withMessageContaining("input length 4")
        .withMessageContaining("extent 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> line(3, 1, 0, 1).outputShape(new long[] {2, 3, 4, 5}, 1))
        .withMessageContaining("3 axes")
        .withMessageContaining("[2, 3, 4, 5]");
  }

  @Test
  void refusesNumbersOutOfRange() {
    List<Integer> k = List.of(3, 3);
    refuses("kernel", () -> new ConvGeometry(List.of(), List.of(), List.of(), List.of(), 1));
    List<Integer> four = List.of(1, 1, 1, 1);
    refuses("kernel", () -> new ConvGeometry(four, four, four, four, 1));
    refuses("kernel", () -> new ConvGeometry(List.of(3, 0), ONES, ZEROS, ONES, 1));
    refuses("stride", () -> new ConvGeometry(k, ZEROS, ZEROS, ONES, 1));
    refuses("stride", () -> new ConvGeometry(k, List.of(1), ZEROS, ONES, 1));
    refuses("padding", () -> new ConvGeometry(k, ONES, List.of(0, -1), ONES, 1));
    refuses("dilation", () -> new ConvGeometry(k, ONES, ZEROS, List.of(1, 0), 1));
    refuses("groups", () -> new ConvGeometry(k, ONES, ZEROS, ONES, 0));
  }

  private static void refuses(String name, Runnable construction) {
    assertThatIllegalArgumentException().isThrownBy(construction::run).withMessageContaining(name);
  }

  @Test
  void keepsItsOwnCopies() {
    List<Integer> kernel = new ArrayList<>(List.of(3, 3));
    ConvGeometry g = new ConvGeometry(kernel, ONES, ZEROS, ONES, 1);
    kernel.set(0, 9);
    assertThat(g.kernel()).containsExactly(3, 3);
    assertThat(g.rank()).isEqualTo(2);
  }
}
