package io.bayes4j.examples.cifar;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.CifarFiles;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

final class AugmentedTest {
  @TempDir static Path folder;
  private static ColourImages images;

  @BeforeAll
  static void read() throws IOException {
    CifarFiles.write(folder, 8);
    images = CifarData.find(DataOptions.defaults().withDirectory(folder)).train();
  }

  @Test
  void movesDownAndRightAndMirrors() {
    float[] image = new float[3 * 32 * 32];
    for (int i = 0; i < image.length; i++) {
      image[i] = i + 1;
    }

    float[] moved = Augmented.moved(image, false, 2, 3);
    assertThat(moved[2 * 32 + 3]).isEqualTo(1);
    assertThat(moved[2 * 32 + 2]).isZero();
    assertThat(moved[32 + 3]).isZero();
    assertThat(moved[(32 + 2) * 32 + 3]).as("second channel").isEqualTo(32 * 32 + 1);
    assertThat(Augmented.moved(image, true, 0, 0)[0]).isEqualTo(32);
    assertThat(Augmented.moved(image, true, 0, 0)[31]).isEqualTo(1);
    assertThat(Augmented.moved(image, false, 0, 0)).isEqualTo(image);
  }

  @Test
  void anImageChangesWithTheEpochAndNotWithItsBatch() {
    Augmented data = new Augmented(images, 1);
    INDArray together = data.batch(3, 5).inputs();
    assertThat(data.batch(5).inputs().slice(0)).isEqualTo(together.slice(1));

    data.restoring(Map.of(), 4).run();
    INDArray later = data.batch(3, 5).inputs();
    assertThat(later).isNotEqualTo(together);
    Augmented same = new Augmented(images, 1);
    same.restoring(Map.of(), 4).run();
    assertThat(same.batch(3, 5).inputs()).isEqualTo(later);
    assertThat(same.batch(3, 5).targets().toFloatVector()).containsExactly(3, 5);
    assertThat(new Augmented(images, 2).batch(3, 5).inputs()).isNotEqualTo(together);
  }

  @Test
  void aResumedTrainingSeesWhatAnUninterruptedOneDoes() throws IOException {
    Layer whole = model();
    train(whole, 3, folder.resolve("whole.safetensors"), false);
    Layer first = model();
    train(first, 1, folder.resolve("parts.safetensors"), false);
    Layer second = model();
    train(second, 3, folder.resolve("parts.safetensors"), true);

    assertThat(StateDict.of(second)).isEqualTo(StateDict.of(whole));
    assertThat(StateDict.of(first)).isNotEqualTo(StateDict.of(whole));
  }

  private static Layer model() {
    LayerFactory layers =
        LayerFactory.variational(Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1));
    return Sequential.of(new Flatten(), layers.linear(3072, 10));
  }

  private static void train(Layer model, int epochs, Path checkpoint, boolean resume)
      throws IOException {
    Augmented data = new Augmented(images, 7);
    Trainer.Builder trainer =
        Trainer.of(model, Losses.crossEntropy(), data)
            .epochs(epochs)
            .batchSize(16)
            .checkpoint(checkpoint)
            .listener(data);
    (resume ? trainer.resume() : trainer).build().fit();
  }
}
