package io.bayes4j.core.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares corruptions with the published code's; see corruptions_golden.py. */
class CorruptionTest {
  private static final int SIZE = 32;

  /** The generator of corruptions_golden.py. */
  private static final class Congruential implements Dice {
    private long state = 12345;

    @Override
    public double uniform() {
      state = (state * 1664525 + 1013904223) % (1L << 32);
      return state / (double) (1L << 32);
    }

    @Override
    public double normal() {
      double sum = 0;
      for (int i = 0; i < 12; i++) {
        sum += uniform();
      }
      return sum - 6;
    }
  }

  /** What the published code gives. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Published(Corruption kind, int severity, byte[] bytes) {
    @Override
    public String toString() {
      return kind + " " + severity;
    }
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in = CorruptionTest.class.getResourceAsStream("cifar-c.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static byte[] unpacked(JsonNode node) throws IOException {
    byte[] packed = Base64.getDecoder().decode(node.asText());
    try (InputStream in = new InflaterInputStream(new java.io.ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  static List<Published> published() throws IOException {
    return StreamSupport.stream(golden().required("cases").spliterator(), false)
        .map(
            node -> {
              try {
                return new Published(
                    Corruption.valueOf(node.required("kind").asText().toUpperCase(Locale.ROOT)),
                    node.required("severity").asInt(),
                    unpacked(node.required("bytes")));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
        .toList();
  }

  private static Picture picture() throws IOException {
    byte[] bytes = unpacked(golden().required("picture"));
    double[][] planes = new double[3][SIZE * SIZE];
    for (int i = 0; i < bytes.length; i++) {
      planes[i % 3][i / 3] = (bytes[i] & 255) / 255.0;
    }
    return new Picture(planes, SIZE);
  }

  @ParameterizedTest
  @MethodSource("published")
  void givesThePublishedPixels(Published published) throws IOException {
    Picture ours =
        published.kind.change(picture(), published.severity - 1, new Congruential()).inBytes();
    double farther = 0;
    double mean = 0;
    for (int i = 0; i < published.bytes.length; i++) {
      double theirs = published.bytes[i] & 255;
      double distance = Math.abs(Math.rint(ours.planes()[i % 3][i / 3] * 255) - theirs);
      farther += (distance > 1 ? 1.0 : 0) / published.bytes.length;
      mean += distance / published.bytes.length;
    }
    assertThat(farther).as("share more than a 255th away").isZero();
    assertThat(mean).as("mean distance in 255ths").isLessThan(0.3);
  }

  private static INDArray images() throws IOException {
    Picture picture = picture();
    double[] both = new double[2 * 3 * SIZE * SIZE];
    for (int i = 0; i < both.length; i++) {
      both[i] = picture.planes()[i / (SIZE * SIZE) % 3][i % (SIZE * SIZE)];
    }
    return io.bayes4j.core.testing.Samples.array(new long[] {2, 3, SIZE, SIZE}, both);
  }

  @ParameterizedTest
  @EnumSource
  void corruptsMoreAndMoreAndTheSameForTheSameNoise(Corruption kind) throws IOException {
    INDArray images = images();
    INDArray before = images.dup();
    Noise noise = Noise.seeded(3);
    double[] errors = new double[Corruption.SEVERITIES];
    for (int severity = 1; severity <= errors.length; severity++) {
      INDArray corrupted = kind.apply(images, severity, noise);
      assertThat(corrupted.minNumber().doubleValue()).isGreaterThanOrEqualTo(0);
      assertThat(corrupted.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
      for (float value : corrupted.data().asFloat()) {
        assertThat(Math.abs(value * 255 - Math.rint(value * 255)))
            .as("whole 255ths")
            .isLessThan(1e-3);
      }
      assertThat(kind.apply(images, severity, noise)).isEqualTo(corrupted);
      errors[severity - 1] = corrupted.distance2(images);
    }
    assertThat(images).isEqualTo(before);
    assertThat(errors[0]).isPositive();
    boolean random = !kind.apply(images, 3, Noise.seeded(4)).equals(kind.apply(images, 3, noise));
    INDArray third = kind.apply(images, 3, noise);
    assertThat(third.slice(0).equals(third.slice(1))).isNotEqualTo(random);
    if (kind != Corruption.SATURATE && kind != Corruption.ELASTIC_TRANSFORM) {
      assertThat(errors[4]).isGreaterThan(errors[0]);
    }
  }

  @Test
  void rareEventsHaveTheirMeanAndVariance() {
    Dice dice = Dice.of(Noise.seeded(1));
    for (double mean : new double[] {0, 0.3, 7, 400}) {
      int n = 20_000;
      double[] counts = new double[n];
      Arrays.setAll(counts, i -> Noises.poisson(mean, dice));
      double average = Arrays.stream(counts).average().orElseThrow();
      double variance =
          Arrays.stream(counts).map(c -> (c - average) * (c - average)).average().orElseThrow();
      assertThat(average).isCloseTo(mean, within(5 * Math.sqrt(mean / n) + 1e-12));
      assertThat(variance).isCloseTo(mean, within(0.06 * mean + 1e-12));
    }
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    INDArray images = images();
    Noise noise = Noise.seeded(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Corruption.FOG.apply(images.dup().muli(255), 1, noise))
        .withMessageContaining("images must be in [0, 1], got");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Corruption.FOG.apply(images, 6, noise))
        .withMessageContaining("severity must be in [1, 5], got 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Corruption.FOG.apply(images.reshape(2, 3, 64, 16), 1, noise))
        .withMessageContaining(
            "[batch, 3, size, size] with sides of 16 or more, got [2, 3, 64, 16]");
    assertThat(Corruption.common()).hasSize(15).doesNotContain(Corruption.SPATTER);
  }

  @Test
  void anySizeOfSixteenOrMoreWorks() {
    for (int size : new int[] {16, 33, 50}) {
      INDArray images = Noise.seeded(9).uniforms(1, 3, size, size);
      for (Corruption kind : Corruption.values()) {
        assertThat(kind.apply(images, 5, Noise.seeded(1)).shape()).isEqualTo(images.shape());
      }
    }
  }
}
