package io.bayes4j.examples.imagenet;

import io.bayes4j.examples.data.MalformedDataException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Pictures in batches, decoded by several threads ahead of their use, in the files' order. No more
 * than two batches are in memory beside the one in use.
 */
final class PictureStream implements AutoCloseable {
  private final ImageFolder folder;
  private final int batchSize;
  private final ExecutorService decoders;
  private final Optional<Consumer<MalformedDataException>> skipping;
  private final Deque<Future<float[]>> waiting = new ArrayDeque<>();
  private int submitted;
  private int taken;

  /**
   * Pictures and their classes.
   *
   * @param inputs [N, 3, 224, 224]
   * @param labels the class of each
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Pictures(INDArray inputs, int[] labels) {}

  /**
   * A stream of a folder's pictures.
   *
   * @param skipping is told of each damaged file, which is left out; if empty, such a file ends the
   *     stream with an error
   */
  PictureStream(
      ImageFolder folder,
      int batchSize,
      int threads,
      Optional<Consumer<MalformedDataException>> skipping) {
    this.folder = folder;
    this.batchSize = batchSize;
    this.skipping = skipping;
    decoders =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "decoder");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * The next pictures, or none after the last.
   *
   * @throws MalformedDataException if a file is damaged and damaged files are not skipped
   */
  Optional<Pictures> next() throws IOException {
    List<float[]> numbers = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    while (numbers.size() < batchSize && taken < folder.files().size()) {
      submit();
      int label = folder.labels().get(taken++);
      Optional<float[]> picture = decoded(waiting.remove());
      if (picture.isPresent()) {
        numbers.add(picture.get());
        labels.add(label);
      }
    }
    if (numbers.isEmpty()) {
      return Optional.empty();
    }
    INDArray inputs =
        Nd4j.createFromArray(joined(numbers))
            .reshape('c', numbers.size(), 3, Preparation.SIDE, Preparation.SIDE);
    return Optional.of(new Pictures(inputs, labels.stream().mapToInt(i -> i).toArray()));
  }

  private void submit() {
    while (waiting.size() < 2 * batchSize && submitted < folder.files().size()) {
      Path file = folder.files().get(submitted++);
      waiting.add(decoders.submit(() -> Preparation.numbers(file)));
    }
  }

  private Optional<float[]> decoded(Future<float[]> picture) throws IOException {
    try {
      return Optional.of(picture.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a picture");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MalformedDataException damaged && skipping.isPresent()) {
        skipping.get().accept(damaged);
        return Optional.empty();
      }
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static float[] joined(List<float[]> pictures) {
    float[] all = new float[pictures.size() * Preparation.NUMBERS];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(pictures.get(i), 0, all, i * Preparation.NUMBERS, Preparation.NUMBERS);
    }
    return all;
  }

  @Override
  public void close() {
    decoders.shutdownNow();
  }
}
