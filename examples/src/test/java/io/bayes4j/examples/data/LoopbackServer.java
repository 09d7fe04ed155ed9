package io.bayes4j.examples.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP server on this machine that answers each request as a test tells it, and closes the
 * connection.
 */
final class LoopbackServer {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Answer answer;

  /** Writes the whole answer, status line first. */
  interface Answer {
    void to(String path, OutputStream out) throws IOException, InterruptedException;
  }

  LoopbackServer(Answer answer) throws IOException {
    this.answer = answer;
    threads.execute(this::listen);
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
  }

  /** The start of an answer, up to its body. */
  static byte[] head(int status, int length) {
    String lines =
        "HTTP/1.1 " + status + " x\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n";
    return lines.getBytes(StandardCharsets.US_ASCII);
  }

  /** The start of an answer whose body ends with the connection. */
  static byte[] headWithoutLength() {
    return "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  private void listen() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        threads.execute(() -> serve(connection));
      }
    } catch (IOException e) {
      // A closed listener is the end of the test.
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      String request = in.readLine();
      String header = request;
      while (header != null && !header.isEmpty()) {
        header = in.readLine();
      }
      if (request != null) {
        answer.to(request.split(" ", -1)[1], connection.getOutputStream());
      }
    } catch (IOException e) {
      // The client gave up, or the test is over.
      connections.remove(connection);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop() throws IOException, InterruptedException {
    listener.close();
    threads.shutdownNow();
    for (Socket connection : connections) {
      connection.close();
    }
    if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a connection does not end");
    }
  }
}
