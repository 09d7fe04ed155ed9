package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CifarDataTest {
  private static final int IMAGES = 20;

  @TempDir private Path folder;

  private final Map<String, byte[]> files = CifarFiles.all(IMAGES);

  private DataOptions offline() {
    return DataOptions.defaults().withCache(folder.resolve("cache")).withOffline(true);
  }

  private CifarData in(Path path) throws IOException {
    return CifarData.find(offline().withDirectory(path));
  }

  private static PublishedFile published(byte[] archive) {
    return new PublishedFile("cifar-10-binary.tar", archive.length, PublishedFile.md5Of(archive));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cifar-10-batches-bin"})
  void aFolderIsReadDirectlyOrFromItsSubFolder(String below) throws IOException {
    CifarFiles.write(folder.resolve("data").resolve(below), IMAGES);

    CifarData data = in(folder.resolve("data"));

    assertRead(data);
  }

  private void assertRead(CifarData data) throws IOException {
    ColourImages train = data.train();
    assertThat(train.size()).isEqualTo(5 * IMAGES);
    assertThat(train.labels()).startsWith(0, 1, 2).endsWith(8, 9);
    byte[] second = files.get("data_batch_2.bin");
    assertThat(Arrays.copyOfRange(train.pixels(), 20 * 3072, 21 * 3072))
        .isEqualTo(Arrays.copyOfRange(second, 1, 3073));
    assertThat(data.test().size()).isEqualTo(IMAGES);
  }

  @Test
  void theArchiveIsReadFromItsFolderOrByItsName() throws IOException {
    Path archive = Files.write(folder.resolve("cifar-10-binary.tar.gz"), CifarFiles.archive(files));

    assertRead(in(folder));
    assertRead(in(archive));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.2, 0.5, 0.9})
  void aTruncatedArchiveIsNamed(double share) throws IOException {
    byte[] whole = CifarFiles.archive(files);
    byte[] cut = Arrays.copyOf(whole, (int) (share * whole.length));
    Path archive = Files.write(folder.resolve("cifar-10-binary.tar.gz"), cut);

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> in(folder).test())
        .withMessageContaining(archive.toString())
        .withMessageMatching("(?s).*(damaged archive|no archive|cut off).*");
  }

  @Test
  void anArchiveOfSomethingElseIsNamed() throws IOException {
    Files.write(
        folder.resolve("cifar-10-binary.tar.gz"),
        CifarFiles.archive(Map.of("readme.txt", new byte[] {1})));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> in(folder).test())
        .withMessageContaining("must hold test_batch.bin, but does not");
  }

  @Test
  void aMissingShortOrForgedFileIsNamed() throws IOException {
    CifarFiles.write(folder, IMAGES);
    Files.write(folder.resolve("data_batch_4.bin"), new byte[3072]);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> in(folder).train())
        .withMessageContaining(
            "must hold records of 3073 bytes in data_batch_4.bin, holds 3072 bytes");
    Files.delete(folder.resolve("data_batch_4.bin"));
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> in(folder).train())
        .withMessageContaining("must hold data_batch_4.bin, but does not");
    byte[] wrongClass = new byte[3073];
    wrongClass[0] = 10;
    Files.write(folder.resolve("test_batch.bin"), wrongClass);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> in(folder).test())
        .withMessageContaining("must hold classes below 10, got 10");
  }

  @Test
  void aFolderWithoutDataIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> in(folder))
        .withMessageContainingAll("--data must be a folder with test_batch.bin", folder.toString());
  }

  @Test
  void withoutDataOneSentenceSaysWhatToDo() {
    assertThatIOException()
        .isThrownBy(() -> CifarData.find(offline()))
        .withMessageContainingAll(
            "--offline forbids", "cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "--data");
  }

  @Test
  void aDownloadIsKeptAndCheckedAgainEachTime() throws Exception {
    byte[] archive = CifarFiles.archive(files);
    LoopbackServer server =
        new LoopbackServer(
            (path, out) -> {
              out.write(LoopbackServer.head(200, archive.length));
              out.write(archive);
            });
    try {
      DataOptions online = from(server);
      assertRead(CifarData.find(online, published(archive)));
    } finally {
      server.stop();
    }
    assertRead(CifarData.find(offline(), published(archive)));
    Path kept = folder.resolve("cache/cifar-10/cifar-10-binary.tar.gz");
    archive[archive.length / 2] ^= 1;
    PublishedFile other = published(archive);
    assertThat(kept).isNotEmptyFile();
    assertThatIOException()
        .isThrownBy(() -> CifarData.find(offline(), other))
        .withMessageContaining("--offline forbids");
  }

  private DataOptions from(LoopbackServer server) {
    return offline()
        .withOffline(false)
        .withMirrors(List.of(server.address("/kriz/")))
        .withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(2));
  }

  @Test
  void aWrongChecksumIsNoData() throws Exception {
    byte[] archive = CifarFiles.archive(files);
    PublishedFile right = published(archive);
    byte[] wrong = archive.clone();
    wrong[wrong.length / 2] ^= 1;
    LoopbackServer server =
        new LoopbackServer(
            (path, out) -> {
              out.write(LoopbackServer.head(200, wrong.length));
              out.write(wrong);
            });
    try {
      assertThatIOException()
          .isThrownBy(() -> CifarData.find(from(server), right))
          .withMessageContainingAll(
              "could not be downloaded", PublishedFile.md5Of(wrong), right.md5(), "--data");
    } finally {
      server.stop();
    }
    assertThat(folder.resolve("cache/cifar-10/cifar-10-binary.tar.gz")).doesNotExist();
  }
}
