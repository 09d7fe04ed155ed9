package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.posterior.VbllHead.Covariance;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares with what vbll computes; see vbll_golden.py. */
class VbllTest {
  private static final int FEATURES = 4;

  /** vbll's names of our parameters. */
  private static final Map<String, String> NAMES =
      Map.of(
          "mean",
          "W_mean",
          "log_scale",
          "W_logdiag",
          "factor",
          "W_offdiag",
          "log_noise",
          "noise_logdiag");

  private static INDArray array(JsonNode numbers, long... shape) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers.get(i).asDouble();
    }
    return Detached.of(floats, shape);
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static VbllHead head(JsonNode golden) {
    int outputs = golden.get("outputs").asInt();
    Covariance covariance =
        golden.get("covariance").asText().equals("dense") ? Covariance.DENSE : Covariance.DIAGONAL;
    VbllHead head =
        golden.get("kind").asText().equals("regression")
            ? VbllHead.regression(FEATURES, outputs, covariance, Init.seeded(1))
            : VbllHead.classification(FEATURES, outputs, covariance, Init.seeded(1));
    head.parameters()
        .forEach(
            (name, parameter) ->
                parameter.assign(
                    array(
                        golden.get("parameters").get(NAMES.get(name)), parameter.value().shape())));
    return head;
  }

  @Test
  void lossGradientsAndMomentsAreThoseOfVbll() throws IOException {
    JsonNode cases;
    try (InputStream in = VbllTest.class.getResourceAsStream("vbll.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertThat(cases).hasSize(4);
    for (JsonNode golden : cases) {
      VbllHead head = head(golden);
      INDArray x = array(golden.get("x"), 6, FEATURES);
      INDArray y = head.forClasses() ? array(golden.get("y"), 6) : array(golden.get("y"), 6, 1);
      double examples = golden.get("examples").asDouble();
      Loss loss = head.loss(examples);
      Var value = loss.of(head.forward(Var.constant(x), Pass.mean()), y);
      // vbll leaves a constant of the divergence out.
      double constant = 0.5 * FEATURES * head.outputs() / examples;
      assertThat(value.item()).isCloseTo(golden.get("loss").asDouble() - constant, within(2e-5));
      Gradients gradients = Gradients.of(value);
      head.parameters()
          .forEach(
              (name, parameter) ->
                  assertThat(flat(gradients.get(parameter)))
                      .containsExactly(
                          numbers(golden.get("gradients").get(NAMES.get(name))), offset(2e-5)));
      assertMoments(golden, head, x);
    }
  }

  private static void assertMoments(JsonNode golden, VbllHead head, INDArray x) {
    double[] mean = numbers(golden.get("mean"));
    double[] variance = numbers(golden.get("variance"));
    if (head.forClasses()) {
      double[] logits = new double[mean.length];
      for (int i = 0; i < mean.length; i++) {
        logits[i] = mean[i] / Math.sqrt(1 + Math.PI / 8 * variance[i]);
      }
      assertThat(flat(Vbll.of(head).outputs(x))).containsExactly(logits, offset(1e-5));
    } else {
      RegressionPrediction prediction = Vbll.of(head).regress(x);
      assertThat(flat(prediction.mean())).containsExactly(mean, offset(1e-5));
      assertThat(flat(prediction.totalVariance())).containsExactly(variance, offset(1e-5));
    }
  }

  private static double[] flat(INDArray array) {
    return Detached.reshape(Detached.copy(array), array.length()).toDoubleVector();
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfTheLoss(Covariance covariance) {
    INDArray x = Noise.seeded(2).normals(5, FEATURES);
    VbllHead numbers = VbllHead.regression(FEATURES, 2, covariance, Init.seeded(3));
    INDArray targets = Noise.seeded(4).normals(5, 2);
    VbllHead classes = VbllHead.classification(FEATURES, 3, covariance, Init.seeded(5));
    INDArray labels = Detached.of(new float[] {0, 2, 1, 1, 2}, 5);
    INDArray weights = Detached.of(new float[] {1, 0, 2, 0.5f, 1}, 5);
    Var input = Var.leaf(x);
    check(() -> numbers.loss(9).of(numbers.forward(input, Pass.mean()), targets), input, numbers);
    check(
        () -> classes.loss(9).weighted(classes.forward(input, Pass.mean()), labels, weights),
        input,
        classes);
  }

  private static void check(java.util.function.Supplier<Var> loss, Var input, VbllHead head) {
    Var[] leaves = new Var[head.parameters().size() + 1];
    leaves[0] = input;
    int at = 1;
    for (Parameter parameter : head.parameters().values()) {
      leaves[at++] = parameter.var();
    }
    GradientCheck.of(loss).run(leaves);
  }

  @Test
  void weightsOfOneChangeNothingAndExamplesCountOnce() {
    VbllHead head = VbllHead.classification(FEATURES, 3, Covariance.DIAGONAL, Init.seeded(5));
    Var output = head.forward(Var.constant(Noise.seeded(2).normals(2, FEATURES)), Pass.mean());
    INDArray labels = Detached.of(new float[] {0, 2}, 2);
    double plain = head.loss(10).of(output, labels).item();
    assertThat(head.loss(10).weighted(output, labels, Detached.of(new float[] {1, 1}, 2)).item())
        .isEqualTo(plain);
    // Doubled weights double the misfit, not the divergence.
    double share = head.penalty().item() / 10;
    assertThat(head.loss(10).weighted(output, labels, Detached.of(new float[] {2, 2}, 2)).item())
        .isCloseTo(2 * (plain - share) + share, within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
  void weightsAreCheckedAsByEveryLoss(float bad) {
    VbllHead head = VbllHead.classification(FEATURES, 3, Covariance.DIAGONAL, Init.seeded(5));
    Var output = head.forward(Var.constant(Noise.seeded(2).normals(2, FEATURES)), Pass.mean());
    INDArray labels = Detached.of(new float[] {0, 2}, 2);
    Loss loss = head.loss(10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.weighted(output, labels, Detached.of(new float[] {1, bad})))
        .withMessage("weights[1] must be finite and >= 0, got " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.weighted(output, labels, Detached.zeros(2, 1)))
        .withMessageContaining("weights must be [2], one for each example, got shape [2, 1]");
  }

  /** The exact posterior of a linear model with the noise that was learned. */
  @Test
  void learnsTheExactPosteriorOfALinearModel() throws IOException {
    int n = 60;
    INDArray x = Noise.seeded(6).normals(n, 2);
    INDArray noise = Noise.seeded(7).normals(n, 1);
    float[] y = new float[n];
    double[][] products = new double[2][2];
    for (int i = 0; i < n; i++) {
      double a = x.getDouble(i, 0);
      double b = x.getDouble(i, 1);
      y[i] = (float) (0.7 * a - 0.4 * b + 0.3 * noise.getDouble(i, 0));
      products[0][0] += a * a;
      products[0][1] += a * b;
      products[1][1] += b * b;
    }
    VbllHead head = VbllHead.regression(2, 1, Covariance.DENSE, Init.seeded(8));
    Trainer.of(head, head.loss(n), Dataset.of(x, Detached.of(y, n, 1)))
        .epochs(1200)
        .batchSize(n)
        .learningRate(Schedule.cosine(0.05, 0.0005, 1200))
        .build()
        .fit();
    double variance = head.noiseVariance().getDouble(0);
    assertThat(variance).isBetween(0.06, 0.13);
    double p = products[0][0] / variance + 2; // the prior has a variance of 1 / 2
    double q = products[1][1] / variance + 2;
    double r = products[0][1] / variance;
    double determinant = p * q - r * r;
    INDArray ask = Detached.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
    assertThat(Vbll.of(head).variance(ask).getDouble(0, 0))
        .isCloseTo(q / determinant, within(0.03 * q / determinant));
    assertThat(Vbll.of(head).variance(ask).getDouble(2, 0))
        .isCloseTo((p + q - 2 * r) / determinant, within(0.03 * (p + q) / determinant));
  }

  @Test
  void drawsAgreeWithWhatIsKnownWithoutThem() {
    Layer model =
        Sequential.of(
            new Linear(3, FEATURES, Init.seeded(1)),
            Activation.TANH,
            VbllHead.classification(FEATURES, 3, Covariance.DENSE, Init.seeded(2)));
    INDArray x = Noise.seeded(3).normals(4, 3);
    Prediction once = Vbll.of(model).classify(x);
    assertThat(once.draws()).isEqualTo(1);
    Prediction drawn = Vbll.of(model).samples(4000).seed(1).classify(x);
    assertThat(drawn.draws()).isEqualTo(4000);
    // MacKay's formula is an approximation.
    assertThat(flat(drawn.mean())).containsExactly(flat(once.mean()), offset(0.03));
    for (double nats : flat(drawn.mutualInformation())) {
      assertThat(nats).isGreaterThan(1e-4);
    }

    VbllHead head = VbllHead.regression(3, 2, Covariance.DIAGONAL, Init.seeded(4));
    RegressionPrediction exact = Vbll.of(head).regress(x);
    RegressionPrediction many = Vbll.of(head).samples(4000).regress(x);
    assertThat(flat(many.totalVariance()))
        .containsExactly(flat(exact.totalVariance()), offset(0.02));
    assertThat(flat(Vbll.of(head).samples(2).outputs(x)))
        .isEqualTo(flat(Vbll.of(head).samples(2).outputs(x)));
  }

  @Test
  void isSavedWithTheModel(@TempDir Path folder) throws IOException {
    VbllHead head = VbllHead.classification(FEATURES, 3, Covariance.DENSE, Init.seeded(5));
    Checkpoint.save(head, folder.resolve("head.safetensors"));
    VbllHead other = VbllHead.classification(FEATURES, 3, Covariance.DENSE, Init.seeded(6));
    Checkpoint.load(other, folder.resolve("head.safetensors"));
    INDArray x = Noise.seeded(3).normals(4, FEATURES);
    assertThat(Vbll.of(other).outputs(x)).isEqualTo(Vbll.of(head).outputs(x));
  }

  @Test
  void saysWhatIsWrong() {
    VbllHead head = VbllHead.classification(FEATURES, 3, Covariance.DENSE, Init.seeded(5));
    INDArray x = Noise.seeded(3).normals(2, FEATURES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vbll.of(new Linear(2, 2, Init.seeded(1))))
        .withMessageContaining("model must have one VbllHead, its last layer, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vbll.of(head).regress(x))
        .withMessageContaining("must be one of regression");
    Layer notLast = Sequential.of(head, new Linear(6, 4, Init.seeded(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vbll.of(notLast).outputs(x))
        .withMessageContaining("last layer must be its VbllHead");
    Var output = head.forward(Var.constant(x), Pass.mean());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> head.loss(10).of(output, Detached.of(new float[] {0, 3}, 2)))
        .withMessageContaining("targets must be whole and in [0, 3), got 3.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VbllHead.classification(2, 1, Covariance.DENSE, Init.seeded(1)))
        .withMessageContaining("classes must be > 1, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> head.forward(Var.constant(Noise.seeded(3).normals(2, 3)), Pass.mean()))
        .withMessageContaining("x must be [N, 4]");
  }
}
