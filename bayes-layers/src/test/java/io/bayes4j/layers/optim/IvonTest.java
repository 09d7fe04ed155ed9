package io.bayes4j.layers.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares with what ivon-opt computes; see ivon_golden.py. */
class IvonTest {
  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static INDArray array(double... numbers) {
    return Samples.array(new long[] {numbers.length}, numbers);
  }

  private static Map<String, Parameter> parameters(GaussianPosterior posterior) {
    Map<String, Parameter> all = new LinkedHashMap<>();
    all.put("w.mu", posterior.mu());
    all.put("w.rho", posterior.rho());
    return all;
  }

  @Test
  void everyStepIsThatOfIvonOpt() throws IOException {
    JsonNode cases;
    try (InputStream in = IvonTest.class.getResourceAsStream("ivon.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertThat(cases).hasSize(2);
    for (JsonNode golden : cases) {
      GaussianPosterior w = GaussianPosterior.ofRho(array(numbers(golden.get("start"))), -3);
      JsonNode options = golden.get("options");
      Ivon ivon =
          Ivon.of(
              parameters(w),
              options.get("ess").asDouble(),
              options.get("hess_init").asDouble(),
              options.get("beta1").asDouble(),
              options.get("beta2").asDouble(),
              options.get("weight_decay").asDouble(),
              options.has("clip_radius")
                  ? options.get("clip_radius").asDouble()
                  : Double.POSITIVE_INFINITY);
      for (JsonNode step : golden.get("steps")) {
        ivon.step(gradients(w, step.get("draws")), golden.get("lr").asDouble(), 1);
        assertClose(w.mu().value(), step.get("mean"));
        Map<String, INDArray> state = ivon.state();
        assertClose(state.get("w.mu.curvature"), step.get("curvature"));
        assertClose(state.get("w.mu.momentum"), step.get("momentum"));
        assertSpread(w, options, step.get("curvature"));
      }
    }
  }

  /** The means over the draws of the gradients by mu and rho. */
  private static Gradients gradients(GaussianPosterior w, JsonNode draws) {
    double[] rho = Doubles.of(w.rho().value());
    double[] byMean = new double[rho.length];
    double[] byRho = new double[rho.length];
    for (JsonNode draw : draws) {
      double[] noise = numbers(draw.get("noise"));
      double[] gradient = numbers(draw.get("gradient"));
      for (int i = 0; i < rho.length; i++) {
        double sigma = Math.log1p(Math.exp(rho[i]));
        byMean[i] += gradient[i] / draws.size();
        byRho[i] += gradient[i] * noise[i] / sigma / (1 + Math.exp(-rho[i])) / draws.size();
      }
    }
    return Gradients.ofParameters(Map.of(w.mu(), array(byMean), w.rho(), array(byRho)));
  }

  private static void assertClose(INDArray actual, JsonNode expected) {
    assertThat(Doubles.of(actual))
        .usingComparatorWithPrecision(3e-6)
        .containsExactly(numbers(expected));
  }

  private static void assertSpread(GaussianPosterior w, JsonNode options, JsonNode curvature) {
    double[] sigma = Doubles.of(w.sigma());
    double[] h = numbers(curvature);
    for (int i = 0; i < h.length; i++) {
      double variance =
          1 / (options.get("ess").asDouble() * (h[i] + options.get("weight_decay").asDouble()));
      assertThat(sigma[i]).isCloseTo(Math.sqrt(variance), within(1e-5 * Math.sqrt(variance)));
    }
  }

  @Test
  void aPlainParameterGoesByTheSquareOfItsGradient() {
    GaussianPosterior w = GaussianPosterior.ofRho(array(1), -3);
    Map<String, Parameter> all = parameters(w);
    Parameter scale = new Parameter(array(2));
    all.put("scale", scale);
    Ivon ivon = Ivon.of(all, 100, 0.5, 0, 0.9, 0.1, Double.POSITIVE_INFINITY);
    ivon.step(Gradients.ofParameters(Map.of(scale, array(0.2))), 0.1, 1);
    double seen = 100 * 0.2 * 0.2;
    double h = 0.9 * 0.5 + 0.1 * seen + 0.5 * 0.01 * (0.5 - seen) * (0.5 - seen) / 0.6;
    assertThat(scale.value().getDouble(0)).isCloseTo(2 - 0.1 * 0.6 * 0.2 / (h + 0.1), within(1e-6));
    assertThat(w.mu().value().getDouble(0)).isEqualTo(1);
  }

  @Test
  void aStepThatWouldLeaveAllMeasureChangesNothing() {
    GaussianPosterior w = GaussianPosterior.ofRho(array(1, 1), -3);
    Ivon ivon = Ivon.of(parameters(w), 100);
    double[] rho = Doubles.of(w.rho().value());
    Gradients huge = Gradients.ofParameters(Map.of(w.mu(), array(1e20, 1), w.rho(), array(0, 0)));
    assertThatThrownBy(() -> ivon.step(huge, 1, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("w.mu would become");
    assertThat(Doubles.of(w.mu().value())).containsExactly(1, 1);
    assertThat(Doubles.of(w.rho().value())).isEqualTo(rho);
    assertThat(ivon.steps()).isZero();
  }

  @Test
  void refusesAModelWithoutAPosteriorAndChangesNoSpreadForWrongNumbers() {
    Map<String, Parameter> plain = Map.of("w", new Parameter(Noise.seeded(1).normals(2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ivon.of(plain, 10))
        .withMessage(
            "parameters must have a posterior to be learned: pairs named .mu and .rho, got [w]");
    GaussianPosterior w = GaussianPosterior.ofRho(array(1), -3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ivon.of(parameters(w), 0))
        .withMessageContaining("examples");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ivon.of(parameters(w), 10, 1, 1, 0.9, 0, 1))
        .withMessage("beta1 must be in [0, 1), got 1.0");
    assertThat(w.rho().value().getDouble(0)).isEqualTo(-3);
  }
}
