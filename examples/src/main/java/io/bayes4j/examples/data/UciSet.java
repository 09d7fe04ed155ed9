package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A table of numbers with its train and test splits, as the experiments on UCI's sets publish them
 * (Hernandez-Lobato and Adams 2015; Gal and Ghahramani 2016): {@code data.txt}, {@code
 * index_features.txt}, {@code index_target.txt}, and {@code index_train_K.txt} and {@code
 * index_test_K.txt} of each split K.
 */
public final class UciSet {
  private final Path folder;
  private final List<double[]> rows;
  private final int[] features;
  private final int[] target;

  private UciSet(Path folder, List<double[]> rows, int[] features, int[] target) {
    this.folder = folder;
    this.rows = rows;
    this.features = features;
    this.target = target;
  }

  /** Inputs [N, D] and targets [N, 1] of training and test. */
  public record Split(INDArray x, INDArray y, INDArray testX, INDArray testY) {
    /**
     * The training examples alone, the last tenth of them to test on: to choose settings by,
     * without a look at the test examples. The published lists are in random order.
     */
    public Split validation() {
      long size = x.size(0);
      long cut = size - Math.max(1, size / 10);
      return new Split(part(x, 0, cut), part(y, 0, cut), part(x, cut, size), part(y, cut, size));
    }

    private static INDArray part(INDArray all, long from, long to) {
      return all.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup('c');
    }
  }

  /**
   * Reads a table.
   *
   * @param folder which has the files, or a folder {@code data} with them
   * @throws IOException if a file is missing or malformed
   */
  public static UciSet read(Path folder) throws IOException {
    Path inner = folder.resolve("data");
    Path data = Files.isDirectory(inner) ? inner : folder;
    Path table = data.resolve("data.txt");
    List<double[]> rows = numbers(table);
    int columns = rows.isEmpty() ? 0 : rows.get(0).length;
    for (int i = 0; i < rows.size(); i++) {
      MalformedDataException.require(
          rows.get(i).length == columns, table, "row %d must have %d numbers", i + 1, columns);
    }
    return new UciSet(
        data,
        rows,
        indices(data.resolve("index_features.txt"), columns),
        indices(data.resolve("index_target.txt"), columns));
  }

  /** Whether there is a split of that number. */
  public boolean has(int split) {
    return Files.isRegularFile(folder.resolve("index_train_" + split + ".txt"));
  }

  /** A split, by its number from zero. */
  public Split split(int number) throws IOException {
    int[] train = indices(folder.resolve("index_train_" + number + ".txt"), rows.size());
    int[] test = indices(folder.resolve("index_test_" + number + ".txt"), rows.size());
    return new Split(
        pick(train, features), pick(train, target), pick(test, features), pick(test, target));
  }

  private INDArray pick(int[] examples, int[] columns) {
    float[] numbers = new float[examples.length * columns.length];
    int at = 0;
    for (int example : examples) {
      for (int column : columns) {
        numbers[at++] = (float) rows.get(example)[column];
      }
    }
    return Nd4j.createFromArray(numbers).reshape(examples.length, columns.length);
  }

  private static int[] indices(Path file, int size) throws IOException {
    List<double[]> lines = numbers(file);
    int[] indices = new int[lines.size()];
    for (int i = 0; i < indices.length; i++) {
      double number = lines.get(i)[0];
      indices[i] = (int) number;
      MalformedDataException.require(
          indices[i] == number && number >= 0 && number < size,
          file,
          "numbers must be whole and in [0, %d), got %s",
          size,
          number);
    }
    MalformedDataException.require(indices.length > 0, file, "must not be empty");
    return indices;
  }

  private static List<double[]> numbers(Path file) throws IOException {
    Check.argument(Files.isRegularFile(file), "--data: there is no file %s", file);
    List<double[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        String[] words = line.trim().split("\\s+", -1);
        double[] row = new double[words.length];
        for (int i = 0; i < row.length; i++) {
          row[i] = number(file, words[i]);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static double number(Path file, String word) throws IOException {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new MalformedDataException(file, "must be numbers, got \"" + word + "\"", e);
    }
  }
}
