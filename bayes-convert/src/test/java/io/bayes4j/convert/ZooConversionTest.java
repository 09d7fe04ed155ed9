package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.NpyFiles;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks of the zoo become Bayesian whole. {@code main FOLDER} loads networks of published sizes,
 * written by {@code zoo_golden.py --full FOLDER}, and prints how far their outputs are from
 * PyTorch's, plain and converted.
 */
final class ZooConversionTest {
  private static final Map<String, Function<LayerFactory, Layer>> ZOO = new LinkedHashMap<>();

  static {
    ZOO.put("mobilenet", layers -> Zoo.mobileNetV2(layers, 1000));
    ZOO.put("efficientnet", layers -> Zoo.efficientNetB0(layers, 1000));
    ZOO.put("densenet", layers -> Zoo.denseNet121(layers, 1000));
    ZOO.put("unet", layers -> Zoo.uNet(layers, 3, 2));
    ZOO.put("convnext", layers -> Zoo.convNeXtTiny(layers, 1000));
    ZOO.put("vit", layers -> Zoo.vitB16(layers, 1000));
    ZOO.put("vgg", layers -> Zoo.vgg(layers, 11, false, 1000));
    ZOO.put("vgg-bn", layers -> Zoo.vgg(layers, 16, true, 1000));
  }

  private static Layer plain(String name) {
    return ZOO.get(name).apply(LayerFactory.deterministic(Init.seeded(1)));
  }

  /** 53, 82, 121 layers with weights, as published. */
  @ParameterizedTest
  @CsvSource({"mobilenet, 53", "efficientnet, 82", "densenet, 121"})
  void everyLayerWithWeightsIsConvertedAndTheMeanKept(String name, int layers) {
    Layer model = plain(name);
    INDArray x = Samples.normals(2, 1, 3, 32, 32);
    INDArray before = mean(model, x);

    Conversion conversion = DnnToBnn.convert(model, ConversionOptions.flipout());

    assertThat(conversion.report().with(Outcome.CONVERTED)).hasSize(layers);
    assertThat(conversion.report().with(Outcome.REFUSED)).isEmpty();
    assertThat(Layers.of(conversion.model())).noneMatch(place -> place.layer() instanceof Affine);
    assertThat(mean(conversion.model(), x).toFloatMatrix()).isDeepEqualTo(before.toFloatMatrix());
  }

  private static INDArray mean(Layer model, INDArray x) {
    return Gradients.off(() -> Pass.mean().run(model, Var.constant(x)).value());
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (String name : ZOO.keySet()) {
      Map<String, INDArray> numbers = NpyFiles.readNpz(folder.resolve(name + ".npz"));
      Layer model = plain(name);
      TorchStateDict.Loaded loaded = TorchStateDict.load(model, folder.resolve(name + ".pt"));
      double before = error(mean(model, numbers.get("x")), numbers.get("y"));
      Conversion conversion = DnnToBnn.convert(model, ConversionOptions.flipout());
      double after = error(mean(conversion.model(), numbers.get("x")), numbers.get("y"));
      System.out.printf(
          Locale.ROOT,
          "%s: %.1e, converted %.1e (%d layers, %d refused), %d arrays not used%n",
          name,
          before,
          after,
          conversion.report().with(Outcome.CONVERTED).size(),
          conversion.report().with(Outcome.REFUSED).size(),
          loaded.skipped().stream().filter(s -> !s.endsWith("num_batches_tracked")).count());
    }
  }

  /** The largest difference, as a share of the largest number. */
  private static double error(INDArray actual, INDArray expected) {
    return actual.sub(expected).amaxNumber().doubleValue() / expected.amaxNumber().doubleValue();
  }
}
