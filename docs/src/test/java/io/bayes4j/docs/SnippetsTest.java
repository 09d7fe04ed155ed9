package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.Conversion;
import io.bayes4j.convert.ConversionReport;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.LayerFilter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.RefusalReport;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizedAffine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs the code that the documents show, on data small enough for seconds. */
class SnippetsTest {
  private static final INDArray CLOUD = Noise.seeded(1).split("training").normals(400, 2);
  private static final INDArray HELD_OUT = Noise.seeded(1).split("held out").normals(300, 2);
  private static final INDArray ASKED = Noise.seeded(1).split("asked").normals(300, 2);

  private static Sequential trained;
  private static List<EpochRecord> history;

  /** On which side of the vertical axis each point lies. */
  private static int[] sides(INDArray points) {
    return IntStream.range(0, (int) points.size(0))
        .map(i -> points.getFloat(i, 0) > 0 ? 1 : 0)
        .toArray();
  }

  @BeforeAll
  static void train() throws IOException {
    trained = QuickstartSnippets.build(2, 2);
    history = QuickstartSnippets.train(trained, CLOUD, sides(CLOUD), 2);
  }

  @Test
  void quickstartLearnsAndRefuses() {
    RefusalReport report =
        QuickstartSnippets.refuse(trained, HELD_OUT, sides(HELD_OUT), ASKED, sides(ASKED));

    assertThat(history).hasSize(30);
    assertThat(history.get(29).loss()).isLessThan(history.get(0).loss());
    assertThat(report.refused()).isPositive();
    assertThat(report.coverage()).isBetween(0.5, 0.999);
    assertThat(report.accuracy()).isGreaterThan(0.97);
  }

  /** A reader of sequences with a head of its own. */
  private static final class Reader extends Block {
    private final Slot<Layer> body = slot("body", new Lstm(3, 4, Init.seeded(1)));
    private final Slot<Layer> head = slot("head", Sequential.of(new Linear(4, 2, Init.seeded(2))));

    @Override
    public Var forward(Var x, Pass pass) {
      return head.forward(body.forward(x, pass), pass);
    }
  }

  @Test
  void quickstartsRulesApplyToTheLayersTheyName() {
    Reader model = new Reader();
    DnnToBnn.convert(model, QuickstartSnippets.rules());
    assertThat(model.body.layer()).isInstanceOf(LstmReparameterization.class);
    Map<String, VariationalParameter> weights = Kl.distributions(model);
    assertThat(weights.get("head.0.weight").posterior().sigma().getDouble(0))
        .isCloseTo(0.01, within(1e-6));
    assertThat(weights.get("body.weight_ih_l0").prior())
        .isNotEqualTo(weights.get("head.0.weight").prior());
  }

  @Test
  void quickstartConvertsAndQuantizes() {
    Sequential plain = QuickstartSnippets.plain(2, 2);
    Var before = plain.forward(Var.constant(ASKED), Pass.mean());

    Conversion conversion = QuickstartSnippets.convert(plain);

    assertThat(conversion.report().with(ConversionReport.Outcome.CONVERTED)).hasSize(2);
    assertThat(plain.forward(Var.constant(ASKED), Pass.mean()).value()).isEqualTo(before.value());
    Dataset data = Dataset.of(ASKED, new int[(int) ASKED.size(0)], 2);
    Supplier<Layer> architecture =
        () -> QuickstartSnippets.convert(QuickstartSnippets.plain(2, 2)).model();
    Quantization quantization = QuickstartSnippets.quantize(plain, data, architecture);
    assertThat(quantization.report().with(LayerQuantization.Outcome.QUANTIZED)).hasSize(2);
    Layer chosen =
        QuickstartSnippets.quantize(plain, data, architecture, LayerFilter.all().excluding("0"));
    assertThat(Layers.of(chosen))
        .filteredOn(place -> place.layer() instanceof QuantizedAffine)
        .hasSize(1);
  }

  @Test
  void quickstartServes() {
    Layer model = new LinearReparameterization(2, 2, VariationalSpec.defaults(), Init.seeded(1));
    assertThat(QuickstartSnippets.serve(model, ASKED).probabilities())
        .isEqualTo(MonteCarlo.of(model).samples(30).classify(ASKED).probabilities());
  }

  @Test
  void quickstartTellsNoiseFromIgnorance() throws IOException {
    INDArray x = Noise.seeded(2).uniforms(400, 1).muli(2).subi(1);
    INDArray y = x.mul(2).addi(Noise.seeded(3).normals(400, 1).muli(0.3));

    RegressionPrediction prediction =
        QuickstartSnippets.regress(x, y, Nd4j.createFromArray(0f, 0.5f, 8f).reshape(3, 1));

    assertThat(prediction.mean().getFloat(0)).isCloseTo(0, within(0.25f));
    assertThat(prediction.mean().getFloat(1)).isCloseTo(1, within(0.25f));
    assertThat(Math.sqrt(prediction.aleatoricVariance().getFloat(0))).isBetween(0.2, 0.5);
    assertThat(prediction.epistemicVariance().getFloat(2))
        .isGreaterThan(2 * prediction.epistemicVariance().getFloat(0));
  }

  @Test
  void quickstartSavesLoadsAndResumes(@TempDir Path folder) throws IOException {
    Sequential fresh = QuickstartSnippets.build(2, 2);
    assertThat(QuickstartSnippets.saveAndLoad(trained, fresh, folder.resolve("m.safetensors")))
        .containsEntry("trained on", "two halves of a cloud");
    assertThat(MonteCarlo.of(fresh).classify(ASKED).probabilities())
        .isEqualTo(MonteCarlo.of(trained).classify(ASKED).probabilities());

    Dataset data = Dataset.of(CLOUD, sides(CLOUD), 2);
    Path file = folder.resolve("training.safetensors");
    QuickstartSnippets.resume(QuickstartSnippets.build(2, 2), data, file, 1);
    assertThat(QuickstartSnippets.resume(QuickstartSnippets.build(2, 2), data, file, 3)).hasSize(3);
  }

  @Test
  void conceptsMeasureWhatTheyName() {
    INDArray mu = Nd4j.zeros(DataType.FLOAT, 3, 4);
    double each = Math.log(1 / 0.05) + 0.05 * 0.05 / 2 - 0.5;
    assertThat(ConceptsSnippets.divergence(mu)).isCloseTo(12 * each, within(1e-3));
    assertThat(ConceptsSnippets.modelDivergence(trained)).isEqualTo(Kl.value(trained)).isPositive();

    assertThat(ConceptsSnippets.adaptiveDraws(trained, ASKED)).isBetween(10, 200);
    assertThat(ConceptsSnippets.antitheticDraws(trained, ASKED)).isBetween(10, 200);
    ConceptsSnippets.Entropies entropies = ConceptsSnippets.entropies(trained, ASKED);
    for (int i = 0; i < ASKED.size(0); i++) {
      assertThat(entropies.aleatoric().getDouble(i) + entropies.epistemic().getDouble(i))
          .isCloseTo(entropies.total().getDouble(i), within(1e-4));
    }
    Prediction prediction = MonteCarlo.of(trained).classify(ASKED);
    assertThat(ConceptsSnippets.scores(prediction, sides(ASKED)).accuracy()).isGreaterThan(0.9);
  }

  @Test
  void layersDoWhatTheirPageSays() {
    INDArray images = Noise.seeded(4).normals(2, 16, 8, 8);
    assertThat(LayersSnippets.convolution().forward(Var.constant(images), Pass.mean()).shape())
        .containsExactly(2, 32, 4, 4);
    assertThat(LayersSnippets.pooling().forward(Var.constant(images), Pass.mean()).shape())
        .containsExactly(2, 16, 5, 7);
    LayersSnippets.Residual residual = new LayersSnippets.Residual(16, Init.seeded(1));
    assertThat(residual.forward(Var.constant(images), Pass.mean()).shape())
        .containsExactly(2, 16, 8, 8);
    QuickstartSnippets.convert(residual);
    assertThat(Kl.distributions(residual)).hasSize(4);
    assertThat(LayersSnippets.run(residual, images).value().amaxNumber().doubleValue())
        .isPositive();
    assertThat(LayersSnippets.zoo().slots()).hasSize(9);
  }

  @Test
  void layersCanDropOutAndBeFrozen() {
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new Linear(2, 8, init), Activation.RELU, new Dropout(0.5), new Linear(8, 2, init));
    LayersSnippets.freeze(model);

    assertThat(Layers.parameters(model).get("0.weight").trainable()).isFalse();
    assertThat(Layers.parameters(model).get("3.weight").trainable()).isTrue();
    assertThat(LayersSnippets.dropout(model, ASKED).mutualInformation().meanNumber().doubleValue())
        .isGreaterThan(0.01);
  }

  @Test
  void troubleshootingWarmsUp() throws IOException {
    assertThat(((GaussianPrior) TroubleshootingSnippets.narrow().prior()).sigma().getFloat(0))
        .isEqualTo(0.1f);
    List<EpochRecord> epochs =
        TroubleshootingSnippets.warmUp(
            QuickstartSnippets.build(2, 2), Dataset.of(CLOUD, sides(CLOUD), 2));
    assertThat(epochs.get(0).kl()).isLessThan(epochs.get(4).kl());
  }
}
