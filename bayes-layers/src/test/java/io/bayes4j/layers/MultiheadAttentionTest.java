package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TorchStateDict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden numbers of attention do not show. */
class MultiheadAttentionTest {
  private static final AttentionSpec SPEC = AttentionSpec.of(4, 2);
  private static final MultiheadAttention LAYER = new MultiheadAttention(SPEC, Init.seeded(1));
  private static final Var X = Var.constant(Samples.normals(1, 2, 3, 4));

  private static Var attend(Var x, AttentionMask mask) {
    return LAYER.attend(x, x, x, mask, Pass.mean());
  }

  private static double[] step(Var y, int example, int step) {
    Var one = Ops.slice(Ops.slice(y, 0, example, example + 1), 1, step, step + 1);
    return Doubles.of(one.value());
  }

  @Test
  void aCausalStepDoesNotSeeLaterOnes() {
    INDArray changed = X.value().dup();
    changed.getScalar(0, 2, 1).addi(5);
    Var y = attend(X, AttentionMask.causal());
    Var other = attend(Var.constant(changed), AttentionMask.causal());
    assertThat(step(other, 0, 0)).isEqualTo(step(y, 0, 0));
    assertThat(step(other, 0, 1)).isEqualTo(step(y, 0, 1));
    assertThat(step(other, 0, 2)).isNotEqualTo(step(y, 0, 2));
    assertThat(step(attend(Var.constant(changed), AttentionMask.none()), 0, 0))
        .isNotEqualTo(step(attend(X, AttentionMask.none()), 0, 0));
  }

  @Test
  void paddingIsAsIfTheKeysWereNotThere() {
    INDArray ignored = Samples.array(new long[] {2, 3}, 0, 0, 1, 0, 0, 1);
    Var masked = attend(X, AttentionMask.none().withKeyPadding(ignored));
    Var shorter = attend(Ops.slice(X, 1, 0, 2), AttentionMask.none());
    Doubles.assertClose("y", Ops.slice(masked, 1, 0, 2).value(), shorter.value(), 1e-6);
    Var flags = attend(X, AttentionMask.none().withKeyPadding(ignored.castTo(DataType.BOOL)));
    assertThat(flags.value()).isEqualTo(masked.value());
  }

  @Test
  void addedScoresOfMinusInfinityMaskTheirKeys() {
    double no = Double.NEGATIVE_INFINITY;
    INDArray added = Samples.array(new long[] {3, 3}, 0, no, no, 0, 0, no, 0, 0, 0);
    INDArray causal = attend(X, AttentionMask.causal()).value();
    assertThat(attend(X, AttentionMask.none().withScores(added)).value()).isEqualTo(causal);
    INDArray ofEach = Nd4j.tile(added.reshape(1, 1, 3, 3), 2, 2, 1, 1).dup('c');
    assertThat(attend(X, AttentionMask.none().withScores(ofEach)).value()).isEqualTo(causal);
  }

  @Test
  void whereAllKeysAreMaskedAllButTheLastBiasIsZeroAndSoIsTheGradient() {
    LAYER.slots().get(3).layer().parameters().get("bias").value().assign(2);
    Var x = Var.leaf(X.value());
    Var y = attend(x, AttentionMask.none().withKeyPadding(Nd4j.ones(DataType.FLOAT, 2, 3)));
    assertThat(Doubles.of(y.value())).containsOnly(2);
    assertThat(Doubles.of(Gradients.of(Ops.sum(y)).get(x))).containsOnly(0);
  }

  @Test
  void dropoutActsOnTheWeightsInTrainingAlone() {
    MultiheadAttention dropping = new MultiheadAttention(SPEC.withDropout(0.5), Init.seeded(1));
    INDArray y = new MultiheadAttention(SPEC, Init.seeded(1)).forward(X, Pass.mean()).value();
    assertThat(dropping.forward(X, Pass.mean()).value()).isEqualTo(y);
    assertThat(dropping.forward(X, Pass.sample(Noise.seeded(1))).value()).isEqualTo(y);
    INDArray dropped = dropping.forward(X, Pass.train(Noise.seeded(1))).value();
    assertThat(dropped).isNotEqualTo(y);
    double[] mean = new double[24];
    int draws = 800;
    for (int draw = 0; draw < draws; draw++) {
      Pass pass = Pass.train(Noise.seeded(1).split(draw));
      double[] one = Doubles.of(dropping.forward(X, pass).value());
      Arrays.setAll(mean, i -> mean[i] + one[i] / draws);
    }
    // Projections after the dropped weights are linear, so that the mean stays.
    Doubles.assertClose("mean", y, y.shape(), mean, 0.13);
  }

  @Test
  void anExampleDoesNotSeeTheOthersOfItsBatch() {
    Var one = LAYER.forward(Ops.slice(X, 0, 1, 2), Pass.mean());
    Var all = Ops.slice(LAYER.forward(X, Pass.mean()), 0, 1, 2);
    Doubles.assertClose("y", one.value(), all.value(), 1e-6);
  }

  @Test
  void weightsOfKeysOfTheirOwnLengthLoadByPytorchsNames() {
    AttentionSpec spec = SPEC.withInputs(3, 5);
    Map<String, INDArray> torch = new LinkedHashMap<>();
    torch.put("module.q_proj_weight", Samples.normals(1, 4, 4));
    torch.put("module.k_proj_weight", Samples.normals(2, 4, 3));
    torch.put("module.v_proj_weight", Samples.normals(3, 4, 5));
    torch.put("module.in_proj_bias", Samples.normals(4, 12));
    torch.put("module.out_proj.weight", Samples.normals(5, 4, 4));
    torch.put("module.out_proj.bias", Samples.normals(6, 4));
    MultiheadAttention layer = new MultiheadAttention(spec, Init.seeded(1));
    TorchStateDict.load(layer, torch);
    Map<String, INDArray> own = StateDict.of(layer);
    assertThat(own.get("k_proj.weight")).isEqualTo(torch.get("module.k_proj_weight"));
    assertThat(Doubles.of(own.get("v_proj.bias")))
        .isEqualTo(Arrays.copyOfRange(Doubles.of(torch.get("module.in_proj_bias")), 8, 12));
  }

  @Test
  void namesWhatDoesNotFitOfPytorchsArrays() {
    Map<String, INDArray> torch = new LinkedHashMap<>();
    torch.put("in_proj_weight", Samples.normals(1, 12, 5));
    torch.put("in_proj_bias", Samples.normals(1, 13));
    torch.put("out_proj.weight", Samples.normals(1, 4, 4));
    torch.put("out_proj.bias", Samples.normals(1, 4));
    torch.put("bias_k", Samples.normals(1, 1, 1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStateDict.load(new MultiheadAttention(SPEC, Init.seeded(1)), torch))
        .withMessageContaining("k_proj.weight must have shape [4, 4], got [4, 5]")
        .withMessageContaining("q_proj.bias is missing")
        .withMessageContaining("in_proj_bias is not part of the model")
        .withMessageContaining("bias_k is not part of the model");
  }

  @Test
  void refusesInputsThatDoNotFit() {
    Var narrow = Var.constant(Samples.normals(1, 2, 3, 3));
    Var vector = Var.constant(Samples.normals(1, 4));
    for (Var bad : List.of(narrow, vector)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LAYER.forward(bad, Pass.mean().at("encoder")))
          .withMessageStartingWith("x of attention at encoder must be [N, steps, 4], got");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LAYER.attend(X, X, narrow, AttentionMask.none(), Pass.mean()))
        .withMessage("value must be [N, steps, 4], got shape [2, 3, 3]");
    Var longer = Var.constant(Samples.normals(1, 2, 5, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LAYER.attend(X, X, longer, AttentionMask.none(), Pass.mean()))
        .withMessageContaining("[2, 3, 4], [2, 3, 4] and [2, 5, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LAYER.attend(X, longer, longer, AttentionMask.causal(), Pass.mean()))
        .withMessageContaining("as many keys as queries, got 3 queries and 5 keys");
  }

  @Test
  void refusesMasksThatDoNotFit() {
    AttentionMask none = AttentionMask.none();
    for (long[] shape : new long[][] {{2, 4}, {3, 3}, {2, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> attend(X, none.withKeyPadding(Nd4j.zeros(shape))))
          .withMessageContaining("key padding mask must fit the scores [2, 2, 3, 3]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attend(X, none.withScores(Nd4j.zeros(2, 3))))
        .withMessageContaining("scores mask must fit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withKeyPadding(Nd4j.zeros(3)))
        .withMessage("ignored must be [N, keys], got shape [3]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withScores(Nd4j.zeros(2, 3, 3)))
        .withMessageContaining("got shape [2, 3, 3]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withScores(Nd4j.zeros(DataType.DOUBLE, 3, 3)))
        .withMessage("added must be FLOAT, got DOUBLE");
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttentionSpec.of(5, 2))
        .withMessage("units (=5) must be divisible by heads (=2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttentionSpec.of(4, 0))
        .withMessageContaining("heads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SPEC.withDropout(1))
        .withMessage("dropout must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SPEC.withInputs(0, 3))
        .withMessageContaining("keyInputs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransformerSpec.of(5, 2))
        .withMessageContaining("divisible by heads");
    TransformerSpec spec = TransformerSpec.of(4, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.withFeedforward(0))
        .withMessageContaining("feedforward");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.withEpsilon(Double.NaN))
        .withMessageContaining("epsilon");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.withActivation(null))
        .withMessage("activation must not be null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TransformerEncoder(spec, 0, false, Init.seeded(1)))
        .withMessageContaining("depth");
  }
}
