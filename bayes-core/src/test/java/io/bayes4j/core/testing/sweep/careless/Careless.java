package io.bayes4j.core.testing.sweep.careless;

import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Does all that a sweep must find. */
public final class Careless {
  private final double rate;

  /** Accepts any rate. */
  public Careless(double rate) {
    this.rate = rate;
  }

  /** Fails without a name where there is no array, and inside ND4J where it is closed. */
  public double largest(INDArray array) {
    return array.maxNumber().doubleValue() * rate;
  }

  /** Names another argument. */
  public static int length(List<Integer> numbers) {
    if (numbers == null || numbers.isEmpty() || numbers.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("values must not be empty, got " + numbers);
    }
    return numbers.size();
  }

  /** Fails with what the JDK happens to throw. */
  public static int[] zeros(int count) {
    return new int[count];
  }

  /** Does not come back. */
  public static void sleep(long milliseconds) throws InterruptedException {
    if (milliseconds <= 0) {
      throw new IllegalArgumentException("milliseconds must be > 0, got " + milliseconds);
    }
    Thread.sleep(milliseconds);
  }

  /** As it should be. */
  public static String text(String words) {
    if (words == null || words.isBlank()) {
      throw new IllegalArgumentException("words must not be blank, got " + words);
    }
    return words;
  }
}
