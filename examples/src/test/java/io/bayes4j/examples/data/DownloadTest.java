package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class DownloadTest {
  private static final String LAST = "t10k-labels-idx1-ubyte.gz";

  @TempDir private Path cache;

  private final Map<String, byte[]> mnist = TestFiles.smallMnist();
  private final MnistFiles published = TestFiles.published(mnist);
  private final AtomicInteger requests = new AtomicInteger();
  private final Map<String, LoopbackServer.Answer> answersToLast = new ConcurrentHashMap<>();
  private LoopbackServer server;

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer(this::answer);
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    server.stop();
  }

  private void answer(String path, OutputStream out) throws IOException, InterruptedException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String folder = path.substring(0, path.length() - name.length());
    if (name.equals(LAST) && answersToLast.containsKey(folder)) {
      answersToLast.get(folder).to(path, out);
      return;
    }
    requests.incrementAndGet();
    out.write(LoopbackServer.head(200, mnist.get(name).length));
    out.write(mnist.get(name));
  }

  /** Serves the other files well and the last one as told. */
  private void serveLast(String folder, LoopbackServer.Answer answer) {
    answersToLast.put(folder, answer);
  }

  private URI mirror(String folder) {
    return server.address(folder);
  }

  private DataOptions from(URI... mirrors) {
    return DataOptions.defaults()
        .withCache(cache)
        .withMirrors(List.of(mirrors))
        .withTimeouts(Duration.ofSeconds(3), Duration.ofMillis(400));
  }

  private List<String> cached() throws IOException {
    if (!Files.exists(cache.resolve("mnist"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache.resolve("mnist"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /**
   * The three other files are kept whole; of the last there is no trace; the bundled set steps in.
   */
  private void assertLastRefused(LoadedData data, String reason) throws IOException {
    assertThat(data.description()).contains("bundled");
    assertThat(data.notes())
        .singleElement()
        .asString()
        .startsWith("MNIST could not be downloaded: 127.0.0.1: ")
        .contains(reason);
    assertThat(cached())
        .containsExactly(
            "t10k-images-idx3-ubyte.gz",
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz");
  }

  @Test
  void downloadsOnceAndThenUsesTheCache() throws IOException {
    List<String> seen = new ArrayList<>();
    DataOptions options =
        from(mirror("/good/"))
            .withProgress(
                (file, done, total) -> {
                  if (done == total) {
                    seen.add(file);
                  }
                });
    LoadedData first = DigitData.find(options, published);
    assertThat(first.train().size()).isEqualTo(22);
    assertThat(first.description()).contains("downloaded to " + cache.resolve("mnist"));
    assertThat(first.notes()).isEmpty();
    assertThat(seen).containsExactlyElementsOf(mnist.keySet());
    assertThat(cached()).containsExactlyInAnyOrderElementsOf(mnist.keySet());

    LoadedData second = DigitData.find(options, published);
    assertThat(second.description()).contains("from the cache folder");
    assertThat(requests).hasValue(4);
  }

  @Test
  void aDamagedFileOfTheCacheIsFetchedAgainAlone() throws IOException {
    TestFiles.write(cache.resolve("mnist"), mnist);
    Files.write(cache.resolve("mnist").resolve(LAST), new byte[7]);
    assertThat(DigitData.find(from(mirror("/good/")), published).notes()).isEmpty();
    assertThat(requests).hasValue(1);
    assertThat(cache.resolve("mnist").resolve(LAST)).hasBinaryContent(mnist.get(LAST));
  }

  @Test
  void aWrongChecksumIsRefused() throws IOException {
    byte[] altered = mnist.get(LAST).clone();
    altered[altered.length - 1] ^= 1;
    serveLast(
        "/wrong/",
        (path, out) -> {
          out.write(LoopbackServer.head(200, altered.length));
          out.write(altered);
        });
    LoadedData data = DigitData.find(from(mirror("/wrong/")), published);
    assertLastRefused(data, "sent a wrong " + LAST);
  }

  @Test
  void aMissingFileIsRefused() throws IOException {
    serveLast("/missing/", (path, out) -> out.write(LoopbackServer.head(404, 0)));
    LoadedData data = DigitData.find(from(mirror("/missing/")), published);
    assertLastRefused(data, "answered status 404 for " + LAST);
  }

  @Test
  void aCutOffAnswerIsRefused() throws IOException {
    serveLast(
        "/cut/",
        (path, out) -> {
          out.write(LoopbackServer.headWithoutLength());
          out.write(mnist.get(LAST), 0, mnist.get(LAST).length / 2);
        });
    LoadedData data = DigitData.find(from(mirror("/cut/")), published);
    assertLastRefused(data, "sent a wrong " + LAST);
  }

  @Test
  void anAnswerShorterThanItsLengthIsRefused() throws IOException {
    serveLast(
        "/short/",
        (path, out) -> {
          out.write(LoopbackServer.head(200, mnist.get(LAST).length));
          out.write(mnist.get(LAST), 0, 5);
        });
    LoadedData data = DigitData.find(from(mirror("/short/")), published);
    assertLastRefused(data, "received: 5");
  }

  @Test
  void whatIsNoHttpIsRefused() throws IOException {
    serveLast("/noise/", (path, out) -> out.write(new byte[] {1, 2, 3, '\r', '\n'}));
    LoadedData data = DigitData.find(from(mirror("/noise/")), published);
    assertLastRefused(data, "127.0.0.1: ");
  }

  @Test
  void aMirrorThatFallsSilentIsGivenUp() throws IOException {
    serveLast(
        "/silent/",
        (path, out) -> {
          out.write(LoopbackServer.head(200, mnist.get(LAST).length));
          out.write(mnist.get(LAST), 0, 5);
          new CountDownLatch(1).await();
        });
    LoadedData data = DigitData.find(from(mirror("/silent/")), published);
    assertLastRefused(data, "sent nothing for 400 ms (at byte 5 of " + LAST + ")");
  }

  @Test
  void aMirrorThatNeverAnswersIsGivenUp() throws IOException {
    serveLast("/mute/", (path, out) -> new CountDownLatch(1).await());
    LoadedData data = DigitData.find(from(mirror("/mute/")), published);
    assertLastRefused(data, "sent nothing for 400 ms (at byte 0 of " + LAST + ")");
  }

  @Test
  void aMirrorThatSendsWithoutEndIsGivenUp() throws IOException {
    serveLast(
        "/endless/",
        (path, out) -> {
          out.write(LoopbackServer.headWithoutLength());
          while (true) {
            out.write(new byte[1 << 14]);
          }
        });
    LoadedData data = DigitData.find(from(mirror("/endless/")), published);
    assertLastRefused(data, "sends more than the " + mnist.get(LAST).length + " bytes of " + LAST);
  }

  @Test
  void theNextMirrorTakesOverWhereOneFails() throws IOException {
    serveLast("/missing/", (path, out) -> out.write(LoopbackServer.head(404, 0)));
    LoadedData data = DigitData.find(from(mirror("/missing/"), mirror("/good/")), published);
    assertThat(data.description()).doesNotContain("bundled");
    assertThat(requests).hasValue(4);
  }

  @Test
  void everyMirrorThatFailedIsNamed() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    URI refused = URI.create("http://127.0.0.1:" + closed + "/");
    URI unknown = URI.create("http://no-such-host.invalid/");
    LoadedData data = DigitData.find(from(refused, unknown), published);
    assertThat(data.description()).contains("bundled");
    assertThat(data.notes())
        .singleElement()
        .asString()
        .contains("127.0.0.1: cannot connect")
        .contains("no-such-host.invalid: no such host, or no network");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aCacheThatCannotBeWrittenIsNoReasonToStop() throws IOException {
    Path file = Files.createFile(cache.resolve("file"));
    DataOptions options = from(mirror("/good/")).withCache(file);
    LoadedData data = DigitData.find(options, published);
    assertThat(data.description()).contains("bundled");
    assertThat(data.notes()).singleElement().asString().contains("cannot be written to " + file);
  }

  @Test
  void offlineAsksNobody() throws IOException {
    LoadedData data = DigitData.find(from(mirror("/good/")).withOffline(true), published);
    assertThat(data.description()).contains("bundled");
    assertThat(requests).hasValue(0);
  }

  @Test
  void anInterruptionEndsTheSearch() {
    serveLast("/mute/", (path, out) -> new CountDownLatch(1).await());
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> DigitData.find(from(mirror("/mute/")), published));
    assertThat(Thread.interrupted()).isTrue();
  }
}
