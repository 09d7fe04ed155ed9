package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class OrderFreeSumTest {
  @Property(tries = 200)
  void orderAndGroupingDoNotMatter(@ForAll("terms") double[] terms) {
    OrderFreeSum forward = sum(terms, 0, terms.length);
    OrderFreeSum parts = sum(terms, terms.length / 3, terms.length);
    parts.add(sum(terms, 0, terms.length / 3));
    assertThat(parts.value()).isEqualTo(forward.value());
    assertThat(forward.value()).isCloseTo(Arrays.stream(terms).sum(), within(1e-12));
  }

  /** Of any doubles: as BigDecimal adds them. */
  @Property(tries = 500)
  void isTheExactSumRoundedOnce(@ForAll double[] terms) {
    BigDecimal exact =
        Arrays.stream(terms).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    OrderFreeSum parts = sum(terms, terms.length / 2, terms.length);
    parts.add(sum(terms, 0, terms.length / 2));
    assertThat(sum(terms, 0, terms.length).value()).isEqualTo(exact.doubleValue());
    assertThat(parts.value()).isEqualTo(exact.doubleValue());
  }

  @Example
  void largeAndSmallTermsAreNotLost() {
    assertThat(sum(new double[] {1e16, 1, -1e16}, 0, 3).value()).isEqualTo(1);
    assertThat(sum(new double[] {1e77, 1e77}, 0, 2).value()).isEqualTo(2e77);
    assertThat(sum(new double[] {1e-18, 1e-18}, 0, 2).value()).isEqualTo(2e-18);
    assertThat(sum(new double[] {Double.MIN_VALUE}, 0, 1).value()).isEqualTo(Double.MIN_VALUE);
    assertThat(sum(new double[] {Double.MAX_VALUE, -1, 1}, 0, 3).value())
        .isEqualTo(Double.MAX_VALUE);
    assertThat(sum(new double[] {-0.0, 0.0}, 0, 2).value()).isZero();
  }

  @Example
  void termsThatAreNotFiniteAreNotLost() {
    double up = Double.POSITIVE_INFINITY;
    assertThat(sum(new double[] {1, up, 2}, 0, 3).value()).isEqualTo(up);
    assertThat(sum(new double[] {up, -up}, 0, 2).value()).isNaN();
    OrderFreeSum both = sum(new double[] {5}, 0, 1);
    both.add(sum(new double[] {-up}, 0, 1));
    assertThat(both.value()).isEqualTo(-up);
  }

  @Example
  void termsCarryIntoTheWholePart() {
    OrderFreeSum sum = new OrderFreeSum();
    for (int i = 0; i < 7; i++) {
      sum.add(0.75);
    }
    sum.add(-0.5);
    sum.add(Math.nextDown(0.0));
    assertThat(sum.value()).isEqualTo(4.75);
  }

  @Provide
  Arbitrary<double[]> terms() {
    return Arbitraries.doubles().between(-30, 30).ofScale(15).array(double[].class).ofMaxSize(50);
  }

  private static OrderFreeSum sum(double[] terms, int start, int end) {
    OrderFreeSum sum = new OrderFreeSum();
    for (int i = end - 1; i >= start; i--) {
      sum.add(terms[i]);
    }
    return sum;
  }
}
