package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigitDataTest {
  @TempDir private Path folder;

  private final Map<String, byte[]> mnist = TestFiles.smallMnist();

  private DataOptions offline() {
    return DataOptions.defaults().withCache(folder.resolve("cache")).withOffline(true);
  }

  @Test
  void aGivenFolderIsReadDirectlyOrFromItsSubFolder() throws IOException {
    TestFiles.write(folder.resolve("a"), mnist);
    TestFiles.write(folder.resolve("b/mnist"), mnist);
    for (String name : List.of("a", "b")) {
      LoadedData data = DigitData.find(offline().withDirectory(folder.resolve(name)));
      assertThat(data.train()).hasToString("digits [22, 1, 28, 28]");
      assertThat(data.validation()).hasToString("digits [2, 1, 28, 28]");
      assertThat(data.validation().pixels(0)).containsOnly(22);
      assertThat(data.validation().labels()).containsExactly(2, 3);
      assertThat(data.test()).hasToString("digits [5, 1, 28, 28]");
      assertThat(data.outOfDistribution()).extracting(ImageSet::name).containsExactly("clothes");
      assertThat(data.outOfDistribution().get(0).size()).isEqualTo(1000);
      assertThat(data.description())
          .contains("22 images for training", folder.resolve(name).toString());
      assertThat(data.licence()).contains("LeCun").contains("Zalando").doesNotContain("Letters");
      assertThat(data.notes()).isEmpty();
    }
  }

  @Test
  void unzippedFilesWillDo() throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), TestFiles.images(12, 28));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), TestFiles.labels(12));
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), TestFiles.images(1, 28));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), TestFiles.labels(1));
    LoadedData data = DigitData.find(offline().withDirectory(folder));
    assertThat(data.train().size()).isEqualTo(11);
    assertThat(data.validation().size()).isEqualTo(1);
  }

  @Test
  void lettersAndClothesInTheFolderAreTaken() throws IOException {
    TestFiles.write(folder, mnist);
    Map<String, byte[]> three = Map.of("t10k-images-idx3-ubyte.gz", TestFiles.images(3, 28));
    TestFiles.write(folder.resolve("notmnist"), three);
    TestFiles.write(folder.resolve("fashion-mnist"), three);
    LoadedData data = DigitData.find(offline().withDirectory(folder));
    assertThat(data.outOfDistribution())
        .extracting(ImageSet::toString)
        .containsExactly("letters [3, 1, 28, 28]", "clothes [3, 1, 28, 28]");
    assertThat(data.licence()).contains("Letters");
  }

  @Test
  void aFolderWithoutTheFilesIsRefusedWithTheirNames() throws IOException {
    TestFiles.write(folder, mnist);
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DigitData.find(offline().withDirectory(folder)))
        .withMessageContaining(folder.toString())
        .withMessageContaining("train-images-idx3-ubyte.gz")
        .withMessageContaining("t10k-labels-idx1-ubyte.gz");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DigitData.find(offline().withDirectory(folder.resolve("nowhere"))));
  }

  @Test
  void imagesOfAnotherSizeAreRefused() throws IOException {
    mnist.put("t10k-images-idx3-ubyte.gz", TestFiles.images(TestFiles.TEST, 27));
    TestFiles.write(folder, mnist);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> DigitData.find(offline().withDirectory(folder)))
        .withMessageContaining("must hold images of 28 x 28, holds 27 x 27");
  }

  @Test
  void tooFewImagesToSplitAreRefused() throws IOException {
    mnist.put("train-images-idx3-ubyte.gz", TestFiles.images(11, 28));
    mnist.put("train-labels-idx1-ubyte.gz", TestFiles.labels(11));
    TestFiles.write(folder, mnist);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DigitData.find(offline().withDirectory(folder)))
        .withMessageContaining("must be at least 12, got 11");
  }

  @Test
  void aSoundCacheIsUsedWithoutTheNetwork() throws IOException {
    TestFiles.write(folder.resolve("cache/mnist"), mnist);
    LoadedData data = DigitData.find(offline(), TestFiles.published(mnist));
    assertThat(data.train().size()).isEqualTo(22);
    assertThat(data.description()).contains("cache");
    assertThat(data.notes()).isEmpty();
  }

  @Test
  void aDamagedCacheIsNotUsed() throws IOException {
    TestFiles.write(folder.resolve("cache/mnist"), mnist);
    MnistFiles published = TestFiles.published(mnist);
    byte[] damaged = mnist.get("train-images-idx3-ubyte.gz");
    damaged[damaged.length / 2] ^= 1;
    TestFiles.write(folder.resolve("cache/mnist"), mnist);
    assertThat(DigitData.find(offline(), published).description()).contains("bundled");
  }

  @Test
  void theBundledSetIsTheLastResort() throws IOException {
    LoadedData data = DigitData.find(offline());
    assertThat(data.train().size()).isEqualTo(3500);
    assertThat(data.validation().size()).isEqualTo(500);
    assertThat(data.test().size()).isEqualTo(1000);
    assertThat(data.outOfDistribution()).extracting(ImageSet::name).containsExactly("clothes");
    assertThat(data.licence()).contains("LeCun", "CC BY-SA 3.0", "Zalando", "MIT");
    assertThat(data.notes()).singleElement().asString().contains("--offline");
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void theBundledDigitsTakeTurnsAndNoneIsInTwoSets() throws IOException {
    LoadedData data = DigitData.find(offline());
    Set<ByteBuffer> seen = new HashSet<>();
    for (ImageSet set : List.of(data.train(), data.validation(), data.test())) {
      for (int i = 0; i < set.size(); i++) {
        assertThat(set.label(i)).isEqualTo(i % 10);
        assertThat(seen.add(ByteBuffer.wrap(set.pixels(i)))).isTrue();
      }
    }
    assertThat(seen).hasSize(5000);
  }

  @Test
  void optionsAreChecked() {
    DataOptions options = DataOptions.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withMirrors(List.of(URI.create("https://localhost/mnist"))))
        .withMessage("mirrors must end in /, got https://localhost/mnist");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withMirrors(List.of()))
        .withMessageContaining("at least one address");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
        .withMessageContaining("connectTimeout");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
        .withMessageContaining("stallTimeout");
  }
}
