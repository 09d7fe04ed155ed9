package io.bayes4j.examples.cifar;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import io.bayes4j.examples.data.CifarFiles;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.awt.image.BufferedImage;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CifarCommandTest {
  @TempDir static Path folder;
  private static Run training;

  /** What a command line came to. */
  private record Run(int exit, String out, String err) {}

  private static Run cifar(String... words) {
    List<String> all = new ArrayList<>(List.of("cifar"));
    all.addAll(Arrays.asList(words));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Run train(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("train", "--data", folder.toString(), "--samples", "2", "--images", "20"));
    words.addAll(List.of("--convert", at("weights.safetensors"), "--recipe", "quick"));
    words.addAll(List.of("--report", at("report/cifar.html"), "--checkpoint", at("c.safetensors")));
    words.addAll(Arrays.asList(more));
    return cifar(words.toArray(String[]::new));
  }

  @BeforeAll
  static void trainOnce() throws IOException {
    CifarFiles.write(folder, 20);
    SafeTensors.write(
        folder.resolve("weights.safetensors"),
        StateDict.of(Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(3)), 20, 10)),
        Map.of());
    training = train();
  }

  private static String line(String text, String start) {
    return text.lines().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
  }

  @Test
  void convertsTrainsEvaluatesAndReports() {
    assertThat(training.err()).isEmpty();
    assertThat(training.exit()).isZero();
    assertThat(training.out())
        .contains("ResNet-20, reparameterization", "recipe QUICK", "epoch 1/1", "white noise");
    assertThat(folder.resolve("report/cifar.html"))
        .content()
        .contains("airplane", "clothes", "Training took the loss");
    assertThat(folder.resolve("c.training.safetensors")).isNotEmptyFile();
  }

  @Test
  void aStoredNetworkGivesTheSameFiguresBesideAnotherAndUnderCorruption() {
    Run run =
        cifar(
            "evaluate",
            "--data",
            folder.toString(),
            "--samples",
            "2",
            "--images",
            "20",
            "--checkpoint",
            at("c.safetensors"),
            "--beside",
            at("c.safetensors"),
            "--corrupted",
            "2",
            "--report",
            at("evaluation.html"));

    assertThat(run.err()).isEmpty();
    assertThat(line(run.out(), "Test images")).isEqualTo(line(training.out(), "Test images"));
    assertThat(line(run.out(), "clothes")).isEqualTo(line(training.out(), "clothes"));
    assertThat(run.out()).contains("severity 5: median accuracy");
    assertThat(folder.resolve("evaluation.html"))
        .content()
        .contains("Beside others", "Corrupted test images", "100\u202f%</td>");
  }

  @Test
  void aQuantizedNetworkIsComparedWithTheFloatOne() throws IOException {
    Run run =
        cifar(
            "ptq",
            "--data",
            folder.toString(),
            "--samples",
            "2",
            "--images",
            "20",
            "--checkpoint",
            at("c.safetensors"),
            "--int8",
            at("int8.safetensors"),
            "--report",
            at("int8.html"));

    assertThat(run.err()).isEmpty();
    assertThat(line(run.out(), "Test images")).isEqualTo(line(training.out(), "Test images"));
    assertThat(line(run.out(), "Float: ")).contains("accuracy", "bytes");
    assertThat(line(run.out(), "8-bit integers: ")).contains("accuracy", "bytes");
    assertThat((double) Files.size(folder.resolve("int8.safetensors")))
        .isLessThan(0.3 * Files.size(folder.resolve("c.safetensors")));
    assertThat(folder.resolve("int8.html"))
        .content()
        .contains(
            "8-bit integers beside floats",
            "Mean entropy before and after",
            "clothes",
            "What became of each layer",
            "with the normalisation behind it");
  }

  /** The first line after an epoch ends this one, as a user's interruption would. */
  @Test
  void aTrainingThatIsStoppedLeavesANetworkToEvaluate() {
    StringWriter seen = new StringWriter();
    PrintWriter out =
        new PrintWriter(
            new FilterWriter(seen) {
              @Override
              public void write(String text, int from, int length) throws IOException {
                if (text.contains("misfit")) {
                  throw new CancellationException("stopped");
                }
                super.write(text, from, length);
              }
            });
    String[] words = {
      "cifar",
      "train",
      "--data",
      folder.toString(),
      "--images",
      "20",
      "--recipe",
      "quick",
      "--estimator",
      "deterministic",
      "--epochs",
      "2",
      "--checkpoint",
      at("stopped.safetensors")
    };
    StringWriter err = new StringWriter();
    assertThat(Main.run(out, new PrintWriter(err), words)).isNotZero();
    assertThat(err.toString()).contains("stopped");
    assertThat(folder.resolve("stopped.safetensors")).isNotEmptyFile();
    Run run =
        cifar(
            "evaluate",
            "--data",
            folder.toString(),
            "--images",
            "20",
            "--checkpoint",
            at("stopped.safetensors"),
            "--report",
            at("stopped.html"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Test images (20, 1 networks drawn)");
  }

  @Test
  void predictsFromPicturesOfAnySize() throws IOException {
    Path png = folder.resolve("picture.png");
    ImageIO.write(new BufferedImage(100, 60, BufferedImage.TYPE_INT_RGB), "png", png.toFile());
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");

    Run run = cifar("predict", png.toString(), "--checkpoint", at("c.safetensors"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).hasSize(4);
    assertThat(run.out()).contains("picture.png: ", "90 % of the networks");
    Run refused = cifar("predict", text.toString(), "--checkpoint", at("c.safetensors"));
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("text.png", "must be a PNG or JPEG file");
  }

  @Test
  void withoutDataOneSentenceSaysWhatToDo() {
    Run run = cifar("train", "--offline", "--cache", at("empty"), "--report", at("r.html"));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("--offline forbids", "--data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--depth 21|--depth must be 20, 32, 44, 56 or 110, got 21",
        "--samples 0|--samples must be > 0, got 0",
        "--images 0|--images must be > 0, got 0",
        "--limit 0|--limit must be > 0, got 0",
        "--epochs -1|--epochs must be >= 0, got -1",
        "--convert /nowhere.pt|/nowhere.pt",
        "--depth 32|layer3.4"
      })
  void wrongArgumentsAreNamedBeforeAnyWork(String row) {
    String[] parts = row.split("\\|", -1);
    List<String> words = new ArrayList<>(Arrays.asList(parts[0].split(" ", -1)));
    words.addAll(List.of("--checkpoint", at("untouched.safetensors")));

    Run run = train(words.toArray(String[]::new));

    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains(parts[1]);
    assertThat(folder.resolve("untouched.safetensors")).doesNotExist();
  }
}
