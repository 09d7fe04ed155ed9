package io.bayes4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Parallel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NoiseTest {
  private static final Noise NOISE = Noise.seeded(42);

  /** A change of these numbers changes every seeded run of every user. */
  @Test
  void streamIsPinned() {
    assertThat(NOISE.key()).isEqualTo(0x652703a3ee660c1L);
    assertThat(NOISE.split(3).key()).isEqualTo(0x616f52c6ee1fd4d5L);
    assertThat(NOISE.split("layer").key()).isEqualTo(0xea0530c7a0448e95L);
    float[] values = new float[4];
    NOISE.normals(values, 0, 4, 0);
    assertThat(values).containsExactly(-0.10478227f, -1.4479733f, 0.05085109f, -1.5683755f);
    NOISE.normals(values, 0, 2, 1_000_000_000_001L);
    assertThat(values).startsWith(1.4461912f, -0.7730916f);
    NOISE.uniforms(values, 0, 4, 0);
    assertThat(values).containsExactly(0.10923797f, 0.98253095f, 0.57195f, 0.3553965f);
    NOISE.signs(values, 0, 4, 3);
    assertThat(values).containsExactly(1, -1, -1, 1);
    assertThat(NOISE.permutation(8)).containsExactly(5, 2, 7, 0, 6, 1, 4, 3);
  }

  @Property(tries = 200)
  void elementsDoNotDependOnTheCuts(
      @ForAll Kind kind,
      @ForAll long seed,
      @ForAll @LongRange(min = 0, max = 1L << 40) long first,
      @ForAll @Size(max = 6) List<@IntRange(min = 0, max = 2500) Integer> pieces) {
    long key = Noise.seeded(seed).key();
    int total = pieces.stream().mapToInt(Integer::intValue).sum();
    float[] whole = new float[total];
    kind.fill(key, whole, 0, total, first);

    float[] pieced = new float[total];
    int done = 0;
    for (int piece : pieces) {
      kind.fill(key, pieced, done, piece, first + done);
      done += piece;
    }

    assertThat(pieced).isEqualTo(whole);
  }

  @Test
  void singleElementsAreThoseOfTheWhole() {
    float[] whole = new float[300];
    float[] single = new float[3];
    for (Kind kind : Kind.values()) {
      kind.fill(NOISE.key(), whole, 0, whole.length, 0);
      for (int i = 0; i < whole.length; i++) {
        kind.fill(NOISE.key(), single, 1, 1, i);
        assertThat(single[1]).isEqualTo(whole[i]);
      }
    }
    assertThat(single[0]).isZero();
    assertThat(single[2]).isZero();
  }

  @Test
  void arraysHoldTheStreamForAnyNumberOfThreads() {
    int length = 3 * 17 * 401;
    float[] expected = new float[length];
    NOISE.normals(expected, 0, length, 0);
    int before = Parallel.threads();
    try {
      for (int threads : new int[] {1, 2, 3, 5}) {
        Parallel.setThreads(threads);
        INDArray normals = NOISE.normals(3, 17, 401);
        assertThat(normals.shape()).containsExactly(3, 17, 401);
        assertThat(normals.ordering()).isEqualTo('c');
        assertThat(normals.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(normals.data().asFloat()).isEqualTo(expected);
      }
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void uniformsAndSignsFillArrays() {
    float[] expected = new float[10_000];
    NOISE.uniforms(expected, 0, expected.length, 0);
    assertThat(NOISE.uniforms(100, 100).data().asFloat()).isEqualTo(expected);
    NOISE.signs(expected, 0, expected.length, 0);
    assertThat(NOISE.signs(10_000).data().asFloat()).isEqualTo(expected);
  }

  @Test
  void fillsWriteIntoViewsAndNowhereElse() {
    INDArray whole = Nd4j.zeros(DataType.FLOAT, 4, 50);
    INDArray rows = whole.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all());
    float[] expected = new float[200];

    NOISE.fillNormals(rows);
    NOISE.normals(expected, 50, 100, 0);
    assertThat(whole.data().asFloat()).isEqualTo(expected);

    NOISE.fillUniforms(rows);
    NOISE.uniforms(expected, 50, 100, 0);
    assertThat(whole.data().asFloat()).isEqualTo(expected);

    NOISE.fillSigns(rows);
    NOISE.signs(expected, 50, 100, 0);
    assertThat(whole.data().asFloat()).isEqualTo(expected);
  }

  @Test
  void seedsAndSplitsGiveDifferentKeys() {
    Set<Long> keys = new HashSet<>();
    int count = 0;
    for (long seed = -20; seed < 20; seed++) {
      Noise noise = Noise.seeded(seed);
      keys.add(noise.key());
      count++;
      for (long id = -20; id < 20; id++) {
        keys.add(noise.split(id).key());
        keys.add(noise.split(id).split(id).key());
        keys.add(noise.split(id).split(seed).split(id).key());
        keys.add(noise.split("" + id).key());
        count += 4;
      }
    }
    assertThat(keys).hasSize(count);
  }

  @Test
  void namesAreReadInFull() {
    List<String> names =
        List.of("", "a", "b", "ab", "ba", "a\0", "\0", "\0\0", "aa", "äö", "layer1");
    assertThat(names.stream().map(name -> NOISE.split(name).key()).distinct()).hasSameSizeAs(names);
  }

  @Test
  void splitsNestInOrder() {
    assertThat(NOISE.split(1).split(2)).isNotEqualTo(NOISE.split(2).split(1));
    assertThat(NOISE.split(1).split(2)).isEqualTo(Noise.seeded(42).split(1).split(2));
    assertThat(NOISE.split("a")).isEqualTo(Noise.seeded(42).split("a"));
  }

  @Test
  void isAValue() {
    assertThat(NOISE).isEqualTo(Noise.seeded(42)).hasSameHashCodeAs(Noise.seeded(42));
    assertThat(NOISE).isNotEqualTo(Noise.seeded(43)).isNotEqualTo("Noise");
    assertThat(NOISE.toString()).isEqualTo("Noise[0652703a3ee660c1]");
  }

  @Test
  void permutationsHoldEachNumberOnce() {
    for (int n : new int[] {0, 1, 2, 3, 1023, 1024, 1025, 5000}) {
      int[] sorted = NOISE.permutation(n);
      Arrays.sort(sorted);
      int[] expected = new int[n];
      Arrays.setAll(expected, i -> i);
      assertThat(sorted).isEqualTo(expected);
    }
    assertThat(NOISE.permutation(5000)).isEqualTo(NOISE.permutation(5000));
  }

  @Test
  void rejectsBadRanges() {
    float[] out = new float[10];
    assertThatThrownBy(() -> NOISE.normals(out, 5, 6, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset 5, length 6")
        .hasMessageContaining("10 elements");
    assertThatThrownBy(() -> NOISE.uniforms(out, -1, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset -1");
    assertThatThrownBy(() -> NOISE.signs(out, 0, -2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length -2");
    assertThatThrownBy(() -> NOISE.normals(out, 0, 2, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("first must be >= 0")
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> NOISE.normals(out, 0, 2, Long.MAX_VALUE - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("first");
    assertThat(out).containsOnly(0);
  }

  @Test
  void rejectsBadShapesAndTargets() {
    assertThatThrownBy(() -> NOISE.normals())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape");
    assertThatThrownBy(() -> NOISE.signs(3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 0]");
    assertThatThrownBy(() -> NOISE.fillNormals(Nd4j.zeros(DataType.DOUBLE, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("target must be of type FLOAT, got DOUBLE");
    assertThatThrownBy(() -> NOISE.permutation(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n must be >= 0, got -1");
    assertThatThrownBy(() -> NOISE.split((String) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name must not be null");
  }

  @Test
  void mirroredStreamsLieOnTheOtherSide() {
    Noise mirrored = NOISE.split("child").mirrored();
    assertThat(NOISE.mirrored().split("child")).isEqualTo(mirrored).hasSameHashCodeAs(mirrored);
    assertThat(mirrored).isNotEqualTo(NOISE.split("child")).hasToString(mirrored.toString());
    assertThat(mirrored.mirrored()).isEqualTo(NOISE.split("child"));
    float[] there = new float[3001];
    float[] here = new float[3001];
    NOISE.split("child").normals(there, 0, 3001, 7);
    mirrored.normals(here, 0, 3001, 7);
    for (int i = 0; i < here.length; i++) {
      assertThat(here[i]).isEqualTo(-there[i]);
    }
    NOISE.split("child").uniforms(there, 0, 3001, 7);
    mirrored.uniforms(here, 0, 3001, 7);
    for (int i = 0; i < here.length; i++) {
      assertThat((double) here[i] + there[i]).isEqualTo(1 - 0x1p-24);
    }
    NOISE.split("child").signs(there, 0, 3001, 7);
    mirrored.signs(here, 0, 3001, 7);
    assertThat(here).isEqualTo(there);
    assertThat(mirrored.permutation(9)).isEqualTo(NOISE.split("child").permutation(9));
  }

  @Test
  void mirroredArraysAndPiecesHoldTheSameStream() {
    Noise mirrored = NOISE.mirrored();
    float[] whole = new float[5000];
    mirrored.normals(whole, 0, 5000, 0);
    assertThat(mirrored.normals(5000).toFloatVector()).isEqualTo(whole);
    float[] pieced = new float[5000];
    mirrored.normals(pieced, 0, 1234, 0);
    mirrored.normals(pieced, 1234, 5000 - 1234, 1234);
    assertThat(pieced).isEqualTo(whole);
  }
}
