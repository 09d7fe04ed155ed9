package io.bayes4j.examples.data;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Fetches published files into a folder; a file appears there whole and verified, or not at all.
 */
final class Download {
  private static final int OK = 200;
  private static final long LOOK_EVERY_MILLIS = 100;

  private final DataOptions options;
  private final HttpClient client;

  Download(DataOptions options) {
    this.options = options;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(options.connectTimeout())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * Fetches files, going on to the next mirror where one fails.
   *
   * @throws IOException if every mirror failed, saying why each did, or the folder cannot be
   *     written to
   * @throws InterruptedIOException if the thread is interrupted
   */
  void fetch(Collection<PublishedFile> files, Path folder) throws IOException {
    Deque<PublishedFile> left = new ArrayDeque<>(files);
    List<String> failures = new ArrayList<>();
    for (URI mirror : options.mirrors()) {
      try {
        while (!left.isEmpty()) {
          PublishedFile file = left.element();
          store(fetch(file, mirror.resolve(file.name())), file, folder);
          left.remove();
        }
        return;
      } catch (MirrorException e) {
        failures.add(mirror.getHost() + ": " + e.getMessage());
      }
    }
    throw new IOException(String.join("; ", failures));
  }

  private byte[] fetch(PublishedFile file, URI address) throws IOException {
    Receiver receiver = new Receiver(file.bytes());
    HttpRequest request = HttpRequest.newBuilder(address).build();
    CompletableFuture<HttpResponse<Void>> pending =
        client.sendAsync(
            request,
            answer ->
                answer.statusCode() == OK
                    ? BodySubscribers.ofByteArrayConsumer(receiver)
                    : BodySubscribers.discarding());
    try {
      int status = await(pending, receiver, file).statusCode();
      if (status != OK) {
        throw new MirrorException("answered status %d for %s", status, file.name());
      }
    } finally {
      pending.cancel(true);
    }
    byte[] content = receiver.content();
    if (!file.matches(content)) {
      throw new MirrorException(
          "sent a wrong %s (%d bytes, MD5 %s; published are %d bytes, MD5 %s)",
          file.name(), content.length, PublishedFile.md5Of(content), file.bytes(), file.md5());
    }
    return content;
  }

  private HttpResponse<Void> await(
      CompletableFuture<HttpResponse<Void>> pending, Receiver receiver, PublishedFile file)
      throws IOException {
    while (true) {
      try {
        HttpResponse<Void> response = pending.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        options.progress().at(file.name(), receiver.count(), file.bytes());
        return response;
      } catch (TimeoutException e) {
        options.progress().at(file.name(), receiver.count(), file.bytes());
        checkAlive(receiver, file);
      } catch (ExecutionException e) {
        throw new MirrorException("%s", reason(Objects.requireNonNull(e.getCause())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while downloading " + file.name());
      }
    }
  }

  private void checkAlive(Receiver receiver, PublishedFile file) throws MirrorException {
    if (receiver.count() > file.bytes()) {
      throw new MirrorException("sends more than the %d bytes of %s", file.bytes(), file.name());
    }
    long silent = System.nanoTime() - receiver.lastArrival();
    if (silent > options.stallTimeout().toNanos()) {
      throw new MirrorException(
          "sent nothing for %d ms (at byte %d of %s)",
          options.stallTimeout().toMillis(), receiver.count(), file.name());
    }
  }

  private static String reason(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof UnresolvedAddressException) {
        return "no such host, or no network";
      }
    }
    if (failure instanceof ConnectException) {
      return "cannot connect";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static void store(byte[] content, PublishedFile file, Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Path half = Files.createTempFile(folder, file.name(), ".part");
      try {
        Files.write(half, content);
        Files.move(half, folder.resolve(file.name()), StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(half);
      }
    } catch (IOException e) {
      throw new IOException(file.name() + " cannot be written to " + folder + ": " + e, e);
    }
  }

  /** One mirror could not serve one file: the next one may. */
  private static final class MirrorException extends IOException {
    private static final long serialVersionUID = 1L;

    @FormatMethod
    MirrorException(@FormatString String reason, Object... args) {
      super(String.format(Locale.ROOT, reason, args));
    }
  }

  /** Collects what arrives, up to a limit, on the client's threads. */
  private static final class Receiver implements Consumer<Optional<byte[]>> {
    private final int limit;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private long count;
    private long lastArrival = System.nanoTime();

    Receiver(int limit) {
      this.limit = limit;
    }

    @Override
    public synchronized void accept(Optional<byte[]> piece) {
      if (piece.isEmpty()) {
        return;
      }
      byte[] bytes = piece.get();
      count += bytes.length;
      lastArrival = System.nanoTime();
      if (count <= limit) {
        received.writeBytes(bytes);
      }
    }

    synchronized long count() {
      return count;
    }

    synchronized long lastArrival() {
      return lastArrival;
    }

    synchronized byte[] content() {
      return received.toByteArray();
    }
  }
}
