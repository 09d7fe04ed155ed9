package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.layers.predict.PreparedPredictor;
import java.io.IOException;
import java.io.Serial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Scores the rows of a partition, a batch at a time. */
final class ScorePartition implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  private final Broadcast<byte[]> packed;
  private final Engines.Key key;
  private final InputReader reader;
  private final String inputName;
  private final Scoring scoring;
  private final BadRows badRows;
  private final boolean saysWhy;
  private final LongAccumulator bad;

  /**
   * What to do.
   *
   * @param packed the model, see {@link ModelSource#pack}
   * @param key which predictor of the model
   * @param inputName what messages call the input column
   * @param saysWhy whether the last column says what is wrong with a row
   * @param bad counts bad rows
   */
  ScorePartition(
      Broadcast<byte[]> packed,
      Engines.Key key,
      InputReader reader,
      String inputName,
      Scoring scoring,
      BadRows badRows,
      boolean saysWhy,
      LongAccumulator bad) {
    this.packed = packed;
    this.key = key;
    this.reader = reader;
    this.inputName = inputName;
    this.scoring = scoring;
    this.badRows = badRows;
    this.saysWhy = saysWhy;
    this.bad = bad;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return rows;
    }
    PreparedPredictor predictor = Engines.acquire(key, packed::value);
    TaskContext task = TaskContext.get();
    task.addTaskCompletionListener((TaskCompletionListener) done -> Engines.release(key));
    return new Scored(rows, predictor, task.cpus() == 1);
  }

  /** The rows with their new columns. */
  private final class Scored implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final PreparedPredictor predictor;
    private final boolean oneThread;
    private final Queue<Row> ready = new ArrayDeque<>();

    Scored(Iterator<Row> rows, PreparedPredictor predictor, boolean oneThread) {
      this.rows = rows;
      this.predictor = predictor;
      this.oneThread = oneThread;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && rows.hasNext()) {
        batch();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void batch() {
      List<Row> taken = new ArrayList<>();
      while (taken.size() < key.batchSize() && rows.hasNext()) {
        taken.add(rows.next());
      }
      @Nullable String[] problems = new String[taken.size()];
      float[] numbers = new float[Math.multiplyExact(problems.length, reader.length())];
      int good = 0;
      for (int i = 0; i < problems.length; i++) {
        problems[i] = take(taken.get(i), numbers, good * reader.length());
        good += problems[i] == null ? 1 : 0;
      }
      Object[][] columns = good == 0 ? new Object[0][] : score(numbers, good);
      int at = 0;
      for (int i = 0; i < problems.length; i++) {
        if (problems[i] == null) {
          ready.add(row(taken.get(i), columns, at, null));
          at++;
        } else if (badRows == BadRows.KEEP) {
          ready.add(row(taken.get(i), columns, -1, problems[i]));
        }
      }
    }

    private @Nullable String take(Row row, float[] numbers, int at) {
      try {
        reader.read(row, numbers, at);
        return null;
      } catch (InputReader.BadRowException e) {
        String problem = inputName + " " + e.getMessage();
        if (badRows == BadRows.ERROR) {
          throw new IllegalArgumentException(
              problem + "; handleInvalid = \"keep\" or \"skip\" lets such rows pass", e);
        }
        bad.add(1);
        return problem;
      }
    }

    private Object[][] score(float[] numbers, int examples) {
      long[] example = reader.shape();
      long[] shape = new long[example.length + 1];
      shape[0] = examples;
      System.arraycopy(example, 0, shape, 1, example.length);
      INDArray x = Detached.of(Arrays.copyOf(numbers, examples * reader.length()), shape);
      try {
        if (!oneThread) {
          return scoring.score(predictor, x);
        }
        Object[][][] result = new Object[1][][];
        Parallel.alone(() -> result[0] = scoring.score(predictor, x));
        return result[0];
      } finally {
        Scoring.close(x);
      }
    }

    private Row row(Row old, Object[][] columns, int example, @Nullable String problem) {
      int outputs = scoring.outputs().size();
      @Nullable Object[] values = new Object[old.length() + outputs + (saysWhy ? 1 : 0)];
      for (int i = 0; i < old.length(); i++) {
        values[i] = old.get(i);
      }
      for (int i = 0; i < outputs && example >= 0; i++) {
        values[old.length() + i] = columns[i][example];
      }
      if (saysWhy) {
        values[values.length - 1] = problem;
      }
      return RowFactory.create(values);
    }
  }
}
