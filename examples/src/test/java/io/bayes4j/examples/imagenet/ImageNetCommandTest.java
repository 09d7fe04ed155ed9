package io.bayes4j.examples.imagenet;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of three classes with random weights on four pictures. */
final class ImageNetCommandTest {
  @TempDir private static Path shared;
  private static Path weights;
  @TempDir private Path folder;
  private Path data;

  private record Run(int exit, String out, String err) {}

  private static Run run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Run(exit, out.toString(), err.toString());
  }

  @BeforeAll
  static void writeWeights() throws IOException {
    Layer model = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(1)), 18, 3);
    weights = shared.resolve("resnet18.safetensors");
    Map<String, INDArray> state = new LinkedHashMap<>();
    Layers.parameters(model).forEach((name, parameter) -> state.put(name, parameter.value()));
    state.putAll(Layers.buffers(model));
    SafeTensors.write(weights, state, Map.of());
  }

  @BeforeEach
  void copyPictures() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    copy("wide.jpg", "ant/1.JPEG");
    copy("grey.jpg", "ant/2.JPEG");
    copy("small.jpg", "bee/1.jpg");
    copy("ink.jpg", "cow/1.jpg");
  }

  private void copy(String from, String to) throws IOException {
    Path target = data.resolve(to);
    Files.createDirectories(target.getParent());
    Files.copy(PreparationTest.resource(from), target);
  }

  private Run evaluate(Path network, String... more) {
    return judge("evaluate", network, more);
  }

  private Run judge(String command, Path network, String... more) {
    String[] words = {
      "imagenet",
      command,
      "--data",
      data.toString(),
      "--weights",
      network.toString(),
      "--depth",
      "18",
      "--precision",
      "F32",
      "--samples",
      "2",
      "--batch",
      "3",
      "--report",
      folder.resolve("page.html").toString()
    };
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return run(all);
  }

  private Path convert() {
    Path converted = folder.resolve("bayesian.safetensors");
    Run convert =
        run(
            "imagenet",
            "convert",
            "--weights",
            weights.toString(),
            "--depth",
            "18",
            "--checkpoint",
            converted.toString());
    assertThat(convert.err()).isEmpty();
    assertThat(convert.out()).contains("ResNet-18, reparameterization");
    return converted;
  }

  @Test
  void evaluatesThePlainNetworkAndTheConvertedOne() {
    Run plain = evaluate(weights);
    assertThat(plain.err()).isEmpty();
    assertThat(plain.out())
        .contains("ResNet-18, plain, F32", "4 pictures of 3 classes", "top-5 100.00 %", "AvU");

    assertThat(folder.resolve("page.html"))
        .content()
        .contains("ResNet-18, plain", "Top-5", "How often it is right when it is so sure");

    Run bayesian = evaluate(convert());
    assertThat(bayesian.err()).isEmpty();
    assertThat(bayesian.out()).contains("ResNet-18, reparameterization, F32", "4 pictures: top-1");
  }

  @Test
  void evaluateReadsTheIntegersThatPtqWrote() {
    Path integers = folder.resolve("int8.safetensors");
    Run ptq = judge("ptq", convert(), "--int8", integers.toString(), "--calibrate", "1");
    assertThat(ptq.err()).isEmpty();
    assertThat(ptq.out()).contains("Float: 3 pictures: top-1", "8-bit integers: 3 pictures: top-1");
    assertThat(folder.resolve("page.html"))
        .content()
        .contains("8-bit integers calibrated on 1 pictures", "What became of each layer", "AvU");

    Run again = evaluate(integers);
    assertThat(again.err()).isEmpty();
    assertThat(again.out()).contains("ResNet-18, reparameterization, 8-bit integers, F32");
    assertThat(again.out()).contains("4 pictures: top-1");
    assertThat(judge("ptq", integers, "--calibrate", "1").err())
        .contains("--weights must be of a float network, but is ResNet-18, reparam");
  }

  @Test
  void ptqOfAPlainNetworkIsTheSameFromItsFile() throws IOException {
    Path seen = folder.resolve("seen");
    for (String name : List.of("ant", "bee", "cow")) {
      Files.createDirectories(seen.resolve(name));
      Files.copy(PreparationTest.resource("tall.jpg"), seen.resolve(name).resolve("1.jpg"));
    }
    Path integers = folder.resolve("int8.safetensors");
    Run ptq =
        judge("ptq", weights, "--calibration", seen.toString(), "--int8", integers.toString());
    assertThat(ptq.err()).isEmpty();
    String figures = ptq.out().split("\n8-bit integers: ", 2)[1].split("\n", 2)[0];

    assertThat(figures).startsWith("4 pictures: top-1");
    assertThat(evaluate(integers).out()).contains(figures);
  }

  @Test
  void ptqMustHavePicturesLeftToJudge() {
    assertThat(judge("ptq", weights, "--calibrate", "4").err())
        .contains("--calibrate must leave pictures to judge, got 4 of 4");
  }

  @Test
  void aFileWithoutItsWordsIsNamed() throws IOException {
    Path cut = folder.resolve("cut.safetensors");
    Map<String, String> words = new LinkedHashMap<>(Map.of("program", "bayes4j-imagenet-1"));
    SafeTensors.write(cut, Map.of(), words);
    assertThat(evaluate(cut).err()).contains(cut + ": the word \"depth\" is malformed: \"\"");
    words.putAll(Map.of("depth", "18", "classes", "3"));
    SafeTensors.write(cut, Map.of(), words);
    assertThat(evaluate(cut).err()).contains(cut + ": the word \"estimator\" is malformed: \"\"");
  }

  @Test
  void damagedPicturesAreNamedAndRefusedOrSkipped() throws IOException {
    Path damaged = Files.writeString(data.resolve("bee/0.jpg"), "none");

    Run refused = evaluate(weights);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains(damaged.toString(), "must be a JPEG or PNG picture");
    Run skipped = evaluate(weights, "--skip-damaged");
    assertThat(skipped.exit()).isZero();
    assertThat(skipped.out())
        .contains("skipped: " + damaged, "4 pictures: ", "1 damaged files skipped");
  }

  @Test
  void aFolderWithoutPicturesIsNamed() throws IOException {
    Path empty = Files.createDirectories(data.resolve("dog"));
    Files.writeString(empty.resolve("read.me"), "soon");

    assertThat(evaluate(weights).err())
        .contains(empty.toString(), "must hold pictures", "each folder is a class");
  }

  @Test
  void anotherNumberOfClassesIsRefused() throws IOException {
    copy("wide.jpg", "dog/1.jpg");

    assertThat(evaluate(weights).err())
        .contains("--data must have a folder for each of the network's 3 classes, got 4");
  }
}
