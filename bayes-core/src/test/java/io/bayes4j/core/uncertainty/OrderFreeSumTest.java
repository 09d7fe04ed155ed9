package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
