package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of the right shapes whose numbers no model can have. */
final class StateValuesTest {
  private static Sequential model() {
    Init init = Init.seeded(1);
    return Sequential.of(
        new LinearFlipout(3, 4, VariationalSpec.defaults(), init),
        new BatchNorm1d(BatchNormSpec.of(4).withCumulativeAverage()),
        new Linear(4, 2, init));
  }

  private static Arguments with(String name, INDArray array, String message) {
    return Arguments.of(name, array, message);
  }

  private static INDArray floats(int length, int place, float number) {
    INDArray array = Nd4j.ones(DataType.FLOAT, length);
    array.putScalar(place, number);
    return array;
  }

  static Stream<Arguments> badNumbers() {
    INDArray kernel = Nd4j.ones(DataType.FLOAT, 4, 3);
    INDArray nan = kernel.dup().putScalar(1, 2, Float.NaN);
    INDArray infinite = kernel.dup().putScalar(0, 1, Float.NEGATIVE_INFINITY);
    return Stream.of(
        with("0.weight.mu", nan, "0.weight.mu must be finite, got NaN at element 5"),
        with("0.weight.rho", infinite, "0.weight.rho must be finite, got -Infinity at element 1"),
        with("2.bias", floats(2, 1, Float.NaN), "2.bias must be finite, got NaN at element 1"),
        with("1.weight", floats(4, 0, Float.POSITIVE_INFINITY), "1.weight must be finite"),
        with("1.running_mean", floats(4, 3, Float.NaN), "1.running_mean must be finite"),
        with(
            "1.running_var",
            floats(4, 2, -0.5f),
            "1.running_var must be finite and >= 0, got -0.5 at element 2"),
        with("1.running_var", floats(4, 2, Float.POSITIVE_INFINITY), "must be finite and >= 0"),
        with(
            "1.num_batches_tracked",
            Nd4j.scalar(DataType.INT64, -1),
            "1.num_batches_tracked must be >= 0, got -1"),
        with("0.weight.kept", kernel.mul(0.5), "0.weight.kept must hold zeros and ones, got 0.5"),
        with(
            "0.weight.prior.sigma",
            kernel.dup().putScalar(0, 1, -1),
            "0.weight.prior.: prior sigma must be finite and >= 1.17549435E-38, got -1.0"),
        with("0.weight.prior.sigma", nan.dup(), "0.weight.prior.: prior sigma must be finite"),
        with("0.weight.prior.mean", nan.dup(), "0.weight.prior.: prior mean must be finite"),
        with(
            "0.weight.prior.sigma",
            Nd4j.empty(DataType.FLOAT),
            "0.weight.prior.sigma must be FLOAT and one number or of shape [4, 3]"),
        with(
            "0.weight.prior.sigma",
            Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', new long[] {0}),
            "0.weight.prior.sigma must be FLOAT and one number or of shape [4, 3]"),
        with(
            "0.weight.prior.sigma",
            Nd4j.scalar(1.0),
            "0.weight.prior.sigma must be FLOAT and one number"),
        with(
            "0.weight.prior.pi",
            Nd4j.scalar(0.5),
            "0.weight.prior.mean and 0.weight.prior.sigma, or pi, sigma1 and sigma2, or slab,"
                + " slab_sigma and spike_scale, are missing or too many: got [mean, sigma, pi]"));
  }

  @ParameterizedTest
  @MethodSource("badNumbers")
  void areRefusedByNameAndChangeNothing(String name, INDArray array, String message) {
    Map<String, INDArray> state = StateDict.copyOf(model());
    state.put(name, array);
    assertRefused(state, message);
  }

  @Test
  void aMixturePriorHasThreeNumbersInTheirRanges() {
    for (Object[] bad :
        List.of(
            new Object[] {"pi", Nd4j.createFromArray(0.1, 0.9), "pi must be one number of rank 0"},
            new Object[] {"pi", Nd4j.scalar(1.5), "pi must be in [0, 1], got 1.5"},
            new Object[] {"pi", Nd4j.scalar(Double.NaN), "pi must be in [0, 1], got NaN"},
            new Object[] {"pi", Nd4j.scalar(1), "pi must be one number of rank 0, got INT"},
            new Object[] {"sigma1", Nd4j.createFromArray(1.0), "sigma1 must be one number"},
            new Object[] {"sigma1", Nd4j.scalar(-1.0), "sigma1 must be finite and > 0, got -1.0"},
            new Object[] {"sigma2", Nd4j.empty(DataType.DOUBLE), "sigma2 must be one number"},
            new Object[] {"sigma2", Nd4j.scalar(0.0), "sigma2 must be finite and > 0, got 0.0"})) {
      Map<String, INDArray> state = StateDict.copyOf(model());
      state.remove("0.weight.prior.mean");
      state.remove("0.weight.prior.sigma");
      state.put("0.weight.prior.pi", Nd4j.scalar(0.5));
      state.put("0.weight.prior.sigma1", Nd4j.scalar(1.0));
      state.put("0.weight.prior.sigma2", Nd4j.scalar(0.1));
      state.put("0.weight.prior." + bad[0], (INDArray) bad[1]);
      assertRefused(state, (String) bad[2]);
    }
  }

  @Test
  void whatCouldNotBeLoadedIsNotSaved(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Sequential model = model();
    Checkpoint.save(model, file);
    byte[] good = Files.readAllBytes(file);
    StateDict.of(model).get("2.weight").putScalar(1, 2, Float.NaN);
    assertThatThrownBy(() -> Checkpoint.save(model, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model cannot be saved: 2.weight must be finite, got NaN at element 6");
    assertThat(Files.readAllBytes(file)).isEqualTo(good);
  }

  @Test
  void everyProblemIsNamed() {
    Map<String, INDArray> state = StateDict.copyOf(model());
    state.get("0.bias.mu").putScalar(0, Float.NaN);
    state.get("1.running_var").putScalar(0, -1);
    state.remove("2.bias");
    assertRefused(state, "0.bias.mu must be finite");
    assertRefused(state, "1.running_var must be finite");
    assertRefused(state, "2.bias is missing");
  }

  private static void assertRefused(Map<String, INDArray> state, String message) {
    Sequential model = model();
    Map<String, double[]> before = numbers(model);
    assertThatThrownBy(() -> StateDict.load(model, state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    numbers(model)
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
    assertThat(Kl.distributions(model).get("0.weight").prior().toString())
        .isEqualTo(Kl.distributions(model()).get("0.weight").prior().toString());
  }

  private static Map<String, double[]> numbers(Sequential model) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> numbers.put(name, Doubles.of(array)));
    assertThat(numbers.values()).noneMatch(values -> Arrays.stream(values).anyMatch(Double::isNaN));
    return numbers;
  }
}
