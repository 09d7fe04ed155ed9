package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.testing.Samples;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Compares calibration after training with SciPy, scikit-learn and netcal. */
class CalibratorsTest {
  static List<Golden> scaling() throws IOException {
    return Golden.cases("calibrators.json", "scaling");
  }

  static List<Golden> classwise() throws IOException {
    return Golden.cases("calibrators.json", "classwise");
  }

  private static LogitScaling fit(Golden golden, INDArray logits, int[] labels) {
    return switch (golden.node().required("form").asText()) {
      case "temperature" -> LogitScaling.temperature(logits, labels);
      case "vector" -> LogitScaling.vector(logits, labels);
      default -> LogitScaling.matrix(logits, labels, golden.number("penalty"));
    };
  }

  private static double nll(INDArray logits, int... labels) {
    long[] shape = logits.shape();
    INDArray rows = logits.dup('c').reshape(shape[0] * shape[1], shape[2]);
    INDArray draws = Transforms.softmax(rows).castTo(DataType.FLOAT).reshape(shape);
    return Calibration.nll(Uncertainty.mean(draws), labels);
  }

  @ParameterizedTest
  @MethodSource("scaling")
  void scalingHasTheLeastLikelihood(Golden golden) {
    INDArray logits = golden.cube("logits");
    int[] labels = golden.whole("labels");
    INDArray before = logits.dup();
    LogitScaling scaling = fit(golden, logits, labels);

    golden.check("before", nll(logits, labels), 1e-5);
    golden.check("loss", nll(scaling.apply(logits), labels) + penalty(golden, scaling), 2e-5);
    golden.check("temperature", scaling.temperature(), 1e-4);
    assertThat(logits).isEqualTo(before);
    assertThat(LogitScaling.of(scaling.arrays()).apply(logits).data().asFloat())
        .isEqualTo(scaling.apply(logits).data().asFloat());
  }

  private static double penalty(Golden golden, LogitScaling scaling) {
    INDArray weight = scaling.arrays().get("scaling.weight");
    INDArray bias = scaling.arrays().get("scaling.bias");
    int k = scaling.classes();
    double sum = 0;
    for (int i = 0; i < k; i++) {
      sum += bias.getDouble(i) * bias.getDouble(i) / k;
      for (int j = 0; j < k; j++) {
        sum += i == j ? 0 : weight.getDouble(i, j) * weight.getDouble(i, j) / (k * (k - 1));
      }
    }
    return golden.number("penalty") * sum;
  }

  @ParameterizedTest
  @MethodSource("classwise")
  void functionsOfEachClass(Golden golden) {
    INDArray probabilities = golden.rows("probabilities", "classes");
    INDArray asked = golden.rows("asked", "classes");
    int[] labels = golden.whole("labels");
    ClasswiseCalibration isotonic = ClasswiseCalibration.isotonic(probabilities, labels);
    ClasswiseCalibration histogram =
        ClasswiseCalibration.histogram(probabilities, labels, (int) golden.number("bins"));

    assertThat(flat(isotonic.apply(asked)))
        .containsExactly(golden.numbers("isotonic_sklearn"), within(1e-6));
    assertThat(flat(histogram.apply(asked)))
        .containsExactly(golden.numbers("histogram_hand"), within(1e-6));
    if (golden.node().required("histogram_netcal").isArray()) {
      assertThat(flat(histogram.apply(asked)))
          .containsExactly(golden.numbers("histogram_netcal"), within(1e-6));
    }
    for (ClasswiseCalibration map : List.of(isotonic, histogram)) {
      assertThat(flat(ClasswiseCalibration.of(map.arrays()).apply(asked)))
          .isEqualTo(flat(map.apply(asked)));
    }
  }

  private static double[] flat(INDArray table) {
    return table.reshape(table.length()).toDoubleVector();
  }

  @Test
  void scalingOfPlacesIsThatOfEachPlace() {
    INDArray logits = Samples.normals(1, 2, 3, 4);
    int[] labels = {0, 3, 1};
    LogitScaling scaling = LogitScaling.vector(logits, labels);
    INDArray places = logits.reshape(2, 1, 3, 4).permute(0, 1, 3, 2);
    assertThat(scaling.apply(places).permute(0, 1, 3, 2).dup('c').reshape(2, 3, 4))
        .isEqualTo(scaling.apply(logits));
  }

  @Test
  void whatIsAlreadyPerfectIsMadeSurerAndStaysFinite() {
    INDArray logits = array(new double[] {1, 0, 0, 1, 2, 0}, 1, 3, 2);
    int[] labels = {0, 1, 0};
    for (LogitScaling scaling :
        List.of(
            LogitScaling.temperature(logits, labels),
            LogitScaling.vector(logits, labels),
            LogitScaling.matrix(logits, labels, 0))) {
      assertThat(nll(scaling.apply(logits), labels)).isLessThan(1e-6);
      assertThat(scaling.apply(logits).data().asFloat())
          .doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void wrongArraysAreRefused() {
    Map<String, INDArray> arrays =
        new HashMap<>(LogitScaling.temperature(Samples.normals(1, 1, 4, 2), new int[4]).arrays());
    arrays.put("scaling.weight", array(new double[6], 2, 3));
    assertRejected(
        () -> LogitScaling.of(arrays),
        "scaling.weight must have the shape [2, 2] of scaling.bias, got [2, 3]");
    assertRejected(() -> LogitScaling.of(Map.of()), "scaling.bias must be an array");
    INDArray p = Predictions.batchOfFirstClass(0.3, 0.8);
    Map<String, INDArray> curves =
        new HashMap<>(ClasswiseCalibration.isotonic(p, new int[] {0, 1}).arrays());
    curves.put("classwise.knots", array(new double[4], 4));
    assertRejected(() -> ClasswiseCalibration.of(curves), "classwise.knots must rise");
    curves.put("classwise.counts", array(new double[] {1, 7}, 2));
    assertRejected(() -> ClasswiseCalibration.of(curves), "as classwise.counts says (8.0), got 4");
    assertRejected(() -> ClasswiseCalibration.of(Map.of()), "arrays must have classwise.counts");
  }

  @Test
  void otherClassesAreRefused() {
    INDArray p = Predictions.batchOfFirstClass(0.3, 0.8);
    ClasswiseCalibration map = ClasswiseCalibration.isotonic(p, new int[] {0, 1});
    assertRejected(
        () -> map.apply(array(new double[] {0.2, 0.3, 0.5}, 1, 3)),
        "probabilities must have 2 classes, as those fitted, got 3");
    LogitScaling scaling = LogitScaling.temperature(Samples.normals(1, 1, 4, 2), new int[4]);
    assertRejected(
        () -> scaling.apply(Samples.normals(1, 1, 4, 3)),
        "logits must have the shape [samples, batch, 2, places...], got [1, 4, 3]");
    assertThat(Arrays.asList(map.classes(), scaling.classes())).containsExactly(2, 2);
  }
}
