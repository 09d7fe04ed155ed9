package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.layers.Affine;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Pool;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public layer classes hold constructors only: what they do is written once, in their base. */
class ThinClassesTest {
  static Stream<Class<?>> leaves() {
    return Stream.of(VariationalAffine.class, Affine.class, BatchNorm.class, Pool.class)
        .flatMap(base -> Arrays.stream(base.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void areFinalAndHoldConstructorsOnly(Class<?> leaf) {
    assertThat(Modifier.isFinal(leaf.getModifiers())).isTrue();
    assertThat(leaf.getDeclaredFields()).isEmpty();
    assertThat(Arrays.stream(leaf.getDeclaredMethods()).filter(m -> !m.isSynthetic())).isEmpty();
  }
}
