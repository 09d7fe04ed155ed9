package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.io.Serial;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Aggregator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Measures of probabilities and the classes that were right, over the rows of a frame. */
abstract sealed class LabelledAggregator extends Aggregator<Row, Object, Row>
    permits ClassificationAggregator, CalibrationAggregator {
  @Serial private static final long serialVersionUID = 1;

  static final StructType INPUT =
      new StructType()
          .add("probability", SQLDataTypes.VectorType())
          .add("label", DataTypes.DoubleType);

  final int bins;

  LabelledAggregator(int bins) {
    Require.positive((long) bins, "bins");
    this.bins = bins;
  }

  /** What a partition has seen; rows are handed over many at a time. */
  abstract static class Buffer {
    private static final int MOST = 256;

    private final int[] labels = new int[MOST];
    private float[] waiting = {};
    private int width;
    private int count;
    private long total;

    /** Takes rows over. */
    abstract void take(INDArray probabilities, int[] classes);

    /** Takes over what a buffer of the same class has taken. */
    abstract void takeFrom(Buffer other);

    /** What is asked for; not called without rows. */
    abstract Row scores();

    final void add(double[] probabilities, double label) {
      Require.argument(
          label == (int) label, "label must be a whole number, the class, got %s", label);
      if (width != probabilities.length) {
        flush();
        width = probabilities.length;
        waiting = new float[MOST * width];
      }
      for (int k = 0; k < width; k++) {
        waiting[count * width + k] = (float) probabilities[k];
      }
      labels[count] = (int) label;
      count++;
      total++;
      if (count == MOST) {
        flush();
      }
    }

    private void flush() {
      if (count > 0) {
        INDArray rows = Detached.of(Arrays.copyOf(waiting, count * width), count, width);
        take(rows, Arrays.copyOf(labels, count));
        Scoring.close(rows);
        count = 0;
      }
    }

    private Buffer merge(Buffer other) {
      flush();
      other.flush();
      takeFrom(other);
      total += other.total;
      return this;
    }
  }

  /** The columns of the result; the first is the number of rows. */
  abstract StructType output();

  @Override
  public final Object reduce(Object buffer, Row row) {
    if (!row.anyNull()) {
      ((Buffer) buffer).add(row.<Vector>getAs(0).toArray(), row.getDouble(1));
    }
    return buffer;
  }

  @Override
  public final Object merge(Object one, Object other) {
    return ((Buffer) one).merge((Buffer) other);
  }

  /** Null, not a mistake, of no rows: as Spark's own averages. */
  @Override
  public final Row finish(Object seen) {
    Buffer buffer = (Buffer) seen;
    if (buffer.total == 0) {
      Object[] nothing = new Object[output().size()];
      nothing[0] = 0L;
      return RowFactory.create(nothing);
    }
    buffer.flush();
    return buffer.scores();
  }

  /** Of any object, since Spark takes public classes alone. */
  @Override
  public final Encoder<Object> bufferEncoder() {
    return Encoders.kryo(Object.class);
  }

  @Override
  public final Encoder<Row> outputEncoder() {
    return Encoders.row(output());
  }
}
